import { fromEvent } from 'file-selector';

import type { DroppedFile } from '../state-types.ts';

/** What the file picker offers at first; what a file really is, is found out by looking. */
const ACCEPTED = 'image/*,.svg,.avif,.zip,application/zip';

/**
 * Opens the browser's own picker.
 *
 * @returns nothing where it was dismissed.
 */
export function chooseFiles(
  what: 'files' | 'folder',
  accept: string = ACCEPTED,
): Promise<readonly DroppedFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.hidden = true;
  if (what === 'folder') input.webkitdirectory = true;
  else input.accept = accept;
  // Some browsers forget an input that is not part of the page.
  document.body.append(input);
  return new Promise((resolve) => {
    const finish = () => {
      const files = Array.from(input.files ?? [], (file) => ({
        path: file.webkitRelativePath || file.name,
        file,
      }));
      input.remove();
      resolve(files);
    };
    input.addEventListener('change', finish, { once: true });
    input.addEventListener('cancel', finish, { once: true });
    input.click();
  });
}

/**
 * The files of a drop or paste, folders walked through. Call it before anything is awaited.
 *
 * @throws where a folder can't be read.
 */
export async function filesOf(event: DragEvent | ClipboardEvent): Promise<readonly DroppedFile[]> {
  const items = await fromEvent(event instanceof DragEvent ? withoutHandles(event) : event);
  return items.flatMap((item) =>
    item instanceof File ? [{ path: cleanPath(item.path || item.name), file: item }] : [],
  );
}

/**
 * The drop with its items' older entries only. File-selector prefers file
 * system handles where it finds them, and those leave out, without a word,
 * every name that some other system could not have, such as `What is it?`.
 */
function withoutHandles({ type, dataTransfer }: DragEvent): Event {
  const items = Array.from(dataTransfer?.items ?? [], (item) => ({
    kind: item.kind,
    type: item.type,
    getAsFile: () => item.getAsFile(),
    webkitGetAsEntry: () => item.webkitGetAsEntry(),
  }));
  return { type, dataTransfer: { items } } as unknown as Event;
}

/** file-selector begins paths with `./` or `/`. */
function cleanPath(path: string): string {
  return path.replace(/^\.?\/+/u, '');
}

/** Whether a drag carries files, not a stretch of text or a link of the page. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}
