import { fromEvent } from 'file-selector';
import type { DroppedFile } from '../context.ts';
import { byEntries } from './drop-entries.ts';
import type { Arrival } from '../../state/arrival.svelte.ts';
import { run } from './run.ts';
import type { App } from '../../state/app.svelte.ts';

/** What the file picker offers at first; what a file really is, is found out by looking. */
const ACCEPTED = 'image/*,.svg,.avif,.zip,.tm,application/zip';

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
  const items = await fromEvent(event instanceof DragEvent ? byEntries(event) : event);
  return items.flatMap((item) =>
    item instanceof File ? [{ path: cleanPath(item.path || item.name), file: item }] : [],
  );
}

/** file-selector begins paths with `./` or `/`. */
function cleanPath(path: string): string {
  return path.replace(/^\.?\/+/u, '');
}

/** Whether a drag carries files, not a stretch of text or a link of the page. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** Opens a picker and lets in what was chosen. */
export function choosePictures(arrival: Arrival, what: 'files' | 'folder', classId?: string): void {
  run(
    chooseFiles(what).then((files) =>
      files.length === 0 ? undefined : arrival.addFiles(files, classId),
    ),
  );
}

/** Lets a person choose a model.json with its weights, and uses it. */
export async function chooseModel(engine: App['engine']): Promise<void> {
  const files = await chooseFiles('files', '.json,.bin');
  if (files.length > 0)
    await engine.useModelFiles(
      files.map(({ file }) => file),
      null,
    );
}

/** Long enough for the browser to have opened the blob, which it does after the click. */
const KEPT_MILLIS = 60_000;

/** Hands a file to the browser's downloads. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, KEPT_MILLIS);
}
