import { createBreather } from '../../core/breathe.ts';

/** Files asked for side by side: each takes a way to the browser's own process and back. */
const FILES_AT_ONCE = 24;

/** Does work when some of what came before is done. */
type Turn = (work: () => Promise<void>) => void;

/**
 * A drop as file-selector is to see it: with the entries of its items only, and
 * with files that are handed out a few at a time.
 *
 * Where it finds file system handles it takes those, and they leave out,
 * without a word, every name that some other system could not have, such as a
 * folder called `What is it?`. And it asks for all files of a folder at once;
 * each costs the browser a moment on the page's main thread, and 500 of them in
 * one task are a page that stands still.
 */
export function byEntries({ type, dataTransfer }: DragEvent): Event {
  const turn = createTurn();
  const items = Array.from(dataTransfer?.items ?? [], (item) => ({
    kind: item.kind,
    type: item.type,
    getAsFile: () => item.getAsFile(),
    webkitGetAsEntry: () => {
      const entry = item.webkitGetAsEntry();
      return entry === null ? null : paced(entry, turn);
    },
  }));
  return { type, dataTransfer: { items } } as unknown as Event;
}

type EntryLike = Pick<FileSystemEntry, 'isDirectory' | 'fullPath'>;

function paced(entry: FileSystemEntry, turn: Turn): EntryLike {
  const { isDirectory, fullPath } = entry;
  return isDirectory
    ? { isDirectory, fullPath, ...pacedFolder(entry as FileSystemDirectoryEntry, turn) }
    : { isDirectory, fullPath, ...pacedFile(entry as FileSystemFileEntry, turn) };
}

function pacedFolder(folder: FileSystemDirectoryEntry, turn: Turn) {
  return {
    createReader: () => {
      const reader = folder.createReader();
      return {
        readEntries: (
          done: (entries: EntryLike[]) => void,
          fail: (error: DOMException) => void,
        ) => {
          reader.readEntries((entries) => {
            done(entries.map((entry) => paced(entry, turn)));
          }, fail);
        },
      };
    },
  };
}

function pacedFile(file: FileSystemFileEntry, turn: Turn) {
  return {
    file: (done: (file: File) => void) => {
      turn(
        () =>
          new Promise((over) => {
            file.file(
              (found) => {
                done(found);
                over();
              },
              () => {
                // Gone since the folder was listed, or a link to nothing: left out as empty,
                // where an error would keep the others from coming.
                done(new File([], file.name));
                over();
              },
            );
          }),
      );
    },
  };
}

function createTurn(): Turn {
  const breathe = createBreather();
  const lanes = Array.from({ length: FILES_AT_ONCE }, () => Promise.resolve());
  let next = 0;
  return (work) => {
    const lane = next++ % lanes.length;
    lanes[lane] = (lanes[lane] ?? Promise.resolve()).then(work).then(breathe);
  };
}
