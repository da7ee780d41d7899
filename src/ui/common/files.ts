import { fromEvent } from 'file-selector';

import type { DroppedFile } from '../state-types.ts';
import { byEntries } from './drop-entries.ts';

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
