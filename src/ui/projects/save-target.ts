import { download } from '../common/files.ts';

/** Where a large file is written. */
export interface SaveTarget {
  readonly sink: WritableStream<Uint8Array>;
  /** To be called once the sink is closed. */
  readonly finish: () => Promise<void>;
}

interface Picker {
  showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>;
  }>;
}

/** Files that wait to be downloaded, in the site's own folder. */
const WAITING = 'download-';
/** By then a download is over. */
const KEPT_MILLIS = 3_600_000;
/** Each part is a Blob, which browsers move out of the page's memory. */
const PART_BYTES = 16 * 2 ** 20;

/**
 * The file that a person chooses, where the browser lets a page write one; else a download, written
 * to the disk before where that is possible. To be called in answer to a click.
 *
 * @returns null where nobody chose.
 */
export async function chooseTarget(name: string): Promise<SaveTarget | null> {
  const { showSaveFilePicker } = globalThis as Picker;
  if (!showSaveFilePicker) return (await waitingFile(name)) ?? inMemory(name);
  try {
    const file = await showSaveFilePicker({ suggestedName: name });
    return { sink: await file.createWritable(), finish: () => Promise.resolve() };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Null where the browser has no such files: an older one, or a private window. */
async function waitingFile(name: string): Promise<SaveTarget | null> {
  try {
    const folder = await navigator.storage.getDirectory();
    await removeOld(folder);
    const file = await folder.getFileHandle(`${WAITING}${String(Date.now())}`, { create: true });
    const sink = await file.createWritable();
    const finish = async (): Promise<void> => {
      download(name, await file.getFile());
    };
    return { sink, finish };
  } catch {
    return null;
  }
}

/** Nobody tells a page when a download is over. */
async function removeOld(folder: FileSystemDirectoryHandle): Promise<void> {
  const before = Date.now() - KEPT_MILLIS;
  for await (const name of folder.keys())
    if (name.startsWith(WAITING) && Number(name.slice(WAITING.length)) < before)
      await folder.removeEntry(name);
}

function inMemory(name: string): SaveTarget {
  const parts: Blob[] = [];
  let part: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const end = (): void => {
    parts.push(new Blob(part));
    [part, bytes] = [[], 0];
  };
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      part.push(chunk.slice());
      bytes += chunk.length;
      if (bytes >= PART_BYTES) end();
    },
    close: end,
  });
  const finish = (): Promise<void> => {
    download(name, new Blob(parts, { type: 'application/zip' }));
    return Promise.resolve();
  };
  return { sink, finish };
}
