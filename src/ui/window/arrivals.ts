import { filesOf, hasFiles } from '../common/files.ts';
import { page, type DropTarget } from '../page.svelte.ts';
import type { DroppedFile } from '../context.ts';

/** What is done with files that came over the window. */
export interface Takers {
  readonly drop: (files: readonly DroppedFile[], target: DropTarget) => void;
  readonly paste: (files: readonly DroppedFile[], focused: DropTarget) => void;
  /** Something of a drop couldn't be read, and so nothing of it came: the name of what was dropped. */
  readonly unreadable: (name: string) => void;
  /** Whether pictures can be classified yet; else a drop on that place adds them. */
  readonly canTry: () => boolean;
}

/** Listens to drops and pastes anywhere. Returns the way to stop. */
export function listen(takers: Takers): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const targetOf = (event: Event) => dropTargetOf(event.target, takers.canTry());

  window.addEventListener(
    'dragover',
    (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setTarget(targetOf(event));
    },
    { signal },
  );
  window.addEventListener(
    'dragleave',
    (event) => {
      // Null: the pointer left the window, not only an element.
      if (event.relatedTarget === null) setTarget(null);
    },
    { signal },
  );
  window.addEventListener(
    'drop',
    (event) => {
      setTarget(null);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      void take(event, event.dataTransfer, takers, (files) => takers.drop(files, targetOf(event)));
    },
    { signal },
  );
  window.addEventListener(
    'paste',
    (event) => {
      if (!hasFiles(event.clipboardData)) return;
      event.preventDefault();
      const focused = dropTargetOf(document.activeElement, takers.canTry());
      void take(event, event.clipboardData, takers, (files) => takers.paste(files, focused));
    },
    { signal },
  );
  return () => {
    stop.abort();
  };
}

async function take(
  event: DragEvent | ClipboardEvent,
  transfer: DataTransfer | null,
  { unreadable }: Pick<Takers, 'unreadable'>,
  taker: (files: readonly DroppedFile[]) => void,
): Promise<void> {
  // The transfer is empty once anything was awaited.
  const name = transfer?.files[0]?.name ?? '';
  try {
    const files = await filesOf(event);
    if (files.length > 0) taker(files);
  } catch {
    unreadable(name);
  }
}

function dropTargetOf(target: EventTarget | null, canTry: boolean): DropTarget {
  if (!(target instanceof Element)) return { kind: 'project' };
  const classId = target.closest<HTMLElement>('[data-class-id]')?.dataset['classId'];
  if (classId !== undefined) return { kind: 'class', id: classId };
  return canTry && target.closest('[data-drop="trial"]') ? { kind: 'trial' } : { kind: 'project' };
}

/** Dragover comes many times a second: only a change is worth an update. */
function setTarget(target: DropTarget | null): void {
  if (JSON.stringify(target) !== JSON.stringify(page.dropTarget)) page.dropTarget = target;
}
