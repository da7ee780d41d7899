import { isClutter, folderLabelOf } from './core/labels.ts';
import type { DroppedFile } from './formats/contract.ts';
import { DATA_INPUT, TEST_INPUT } from './terminal-contract.ts';

export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface ChosenFiles {
  readonly files: readonly DroppedFile[];
  readonly skipped: readonly SkippedFile[];
}

/** What the script put into the page's two folder inputs, as one drop. */
export function chosenFiles(): ChosenFiles {
  const data = filesOf(DATA_INPUT);
  // Whatever its folders are called, nothing of the test folder may be trained on.
  const test = filesOf(TEST_INPUT).map(({ path, file }) => {
    const { label } = folderLabelOf(path);
    return { path: label === null ? file.name : `test/${label}/${file.name}`, file };
  });
  const all = [...data, ...test].filter(({ path }) => !isClutter(path));
  const isLabelled = ({ path }: DroppedFile): boolean => folderLabelOf(path).label !== null;
  return {
    files: all.filter(isLabelled),
    skipped: all
      .filter((file) => !isLabelled(file))
      .map(({ path }) => ({ file: path, reason: 'It lies in no folder that names its class.' })),
  };
}

/** With paths inside of the chosen folder: its own name says nothing about classes. */
function filesOf(inputId: string): DroppedFile[] {
  const input = document.getElementById(inputId);
  if (!(input instanceof HTMLInputElement)) throw new Error(`terminal.html has no #${inputId}`);
  return Array.from(input.files ?? [], (file) => ({
    path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name,
    file,
  }));
}
