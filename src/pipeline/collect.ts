import {
  cleanLabel,
  compareLabels,
  isClutter,
  folderLabelOf,
  type FolderLabel,
} from '../core/labels.ts';
import type { Problem } from '../core/problem.ts';
import { MAX_LABEL_LENGTH, type ClassLabel, type Purpose } from '../core/dataset.ts';
import type { DroppedFile } from '../formats/contract.ts';
import { classIdMaker } from './class-id.ts';

/** A file that will be looked at, and where it belongs. */
export interface CollectedPicture {
  readonly path: string;
  readonly file: File;
  readonly classId: string;
  readonly purpose: Purpose;
  readonly archived: boolean;
}

/** What a drop, or a part of one, is, before anything of it is looked at. */
export interface Collection {
  /** To be added to the project's. */
  readonly newClasses: readonly ClassLabel[];
  readonly pictures: readonly CollectedPicture[];
  readonly problems: readonly Problem[];
  /** The class that pictures without a folder went to, and how many. */
  readonly loose: { readonly label: string; readonly count: number } | null;
}

/**
 * The files, folder by folder in the order of their names: a browser gives folders in any order.
 * Those whose archive says what they are of stay in its order.
 */
export function inFolderOrder(files: readonly DroppedFile[]): readonly DroppedFile[] {
  const byFolder = new Map<string, DroppedFile[]>();
  const labelled = files.filter(({ label }) => label !== undefined);
  for (const file of files) {
    if (file.label !== undefined) continue;
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const same = byFolder.get(folder);
    if (same) same.push(file);
    else byFolder.set(folder, [file]);
  }
  const folders = [...byFolder].sort(([a], [b]) => compareLabels(a, b));
  return [...labelled, ...folders.flatMap(([, inFolder]) => inFolder)];
}

/**
 * Stage 1: tells from each file's folders which class it belongs to.
 *
 * @param known the classes that labels of this drop stand for; those found here are put in. They stay so
 *   while the drop goes on: a class that is removed or renamed meanwhile doesn't come back.
 * @param intoClassId a class that takes all of them, whatever their folders, even if it is gone.
 * @param freeLabel a label for pictures that lie in no folder.
 */
export function collectPictures(
  files: readonly DroppedFile[],
  present: readonly ClassLabel[],
  known: Map<string, ClassLabel>,
  intoClassId: string | null,
  freeLabel: string,
): Collection {
  const problems: Problem[] = [];
  const newClasses: ClassLabel[] = [];
  const byFolder = new Map<string, ClassLabel>();
  const byLabel = new Map(present.map((one) => [one.label, one]));
  const newId = classIdMaker(present);
  const classOf = (folder: string): ClassLabel => {
    const already = byFolder.get(folder);
    if (already) return already;
    const label = labelOf(folder, freeLabel, problems);
    const found = known.get(label) ?? byLabel.get(label);
    const one = found ?? { id: newId(), label };
    if (!found) newClasses.push(one);
    known.set(label, one);
    byFolder.set(folder, one);
    return one;
  };
  let loose: Collection['loose'] = null;
  const pictures = files.flatMap((dropped): CollectedPicture[] => {
    const { path, file, label, archived = false } = dropped;
    if (label === undefined && isClutter(path)) return [];
    const refused = refuseUnseen(path, file);
    if (refused) {
      problems.push(refused);
      return [];
    }
    const named: FolderLabel =
      label === undefined ? folderLabelOf(path) : { label, purpose: 'learn' };
    const { purpose } = named;
    if (intoClassId !== null) return [{ path, file, classId: intoClassId, purpose, archived }];
    const target = classOf(named.label ?? '');
    if (named.label === null) loose = { label: target.label, count: (loose?.count ?? 0) + 1 };
    return [{ path, file, classId: target.id, purpose, archived }];
  });
  return { newClasses, pictures, problems, loose };
}

/** The label of a folder's name; one that is none (empty, too long) gives the nearest that is. */
function labelOf(folder: string, freeLabel: string, problems: Problem[]): string {
  const cleaned = cleanLabel(folder, []);
  if (cleaned.ok) return cleaned.value;
  if (cleaned.problem.code !== 'label-too-long') return freeLabel;
  problems.push(cleaned.problem);
  return shorten(folder);
}

/** Cut between characters, so that no emoji is cut in half. */
function shorten(text: string): string {
  const segments = new Intl.Segmenter().segment(text.slice(0, MAX_LABEL_LENGTH * 2));
  let label = '';
  for (const { segment } of segments) {
    if (label.length + segment.length > MAX_LABEL_LENGTH) break;
    label += segment;
  }
  const cleaned = cleanLabel(label, []);
  return cleaned.ok ? cleaned.value : label.slice(0, MAX_LABEL_LENGTH);
}

/**
 * What need not be kept to know that it is no picture: a film of two gigabytes
 * would fill the disk before anyone looks at it. Whatever might be one, by its
 * type or for want of it, is kept first and looked at then.
 */
function refuseUnseen(path: string, file: File): Problem | null {
  if (file.size === 0) return { code: 'file-empty', file: path };
  if (MODEL_NAMES.test(path)) return { code: 'model-format-closed', file: path };
  const isOther =
    /^(?:video|audio|text|font|model)\//u.test(file.type) || OTHER_TYPES.has(file.type);
  return isOther ? { code: 'file-not-an-image', file: path } : null;
}

/** What exports are called that can't be read back. */
const MODEL_NAMES = /\.(?:tflite|onnx|keras|h5|safetensors)$/iu;

const OTHER_TYPES = new Set([
  'application/pdf',
  'application/json',
  'application/javascript',
  'application/msword',
]);
