import { cleanLabel, compareLabels, isClutter, placeOf, type Place } from '../../core/labels.ts';
import type { Problem } from '../../core/problem.ts';
import { MAX_LABEL_LENGTH, type ClassLabel, type Purpose } from '../../core/sample.ts';
import type { DroppedFile } from '../../formats/contract.ts';
import { classIdMaker } from '../class-id.ts';

/** A file that will be kept, and where it belongs. */
export interface CollectedPicture {
  readonly path: string;
  readonly file: File;
  readonly classId: string;
  readonly purpose: Purpose;
}

/** What a drop is, before anything of it is kept. */
export interface Collection {
  /** The project's classes with the new ones after them. */
  readonly classes: readonly ClassLabel[];
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
 * @param intoClassId a class that takes all of them, whatever their folders.
 * @param freeLabel a label for pictures that lie in no folder.
 */
export function collectPictures(
  files: readonly DroppedFile[],
  present: readonly ClassLabel[],
  intoClassId: string | null,
  freeLabel: string,
): Collection {
  const problems: Problem[] = [];
  const classes = [...present];
  const byFolder = new Map<string, ClassLabel>();
  const byLabel = new Map(present.map((one) => [one.label, one]));
  const newId = classIdMaker(present);
  const classOf = (folder: string): ClassLabel => {
    const known = byFolder.get(folder);
    if (known) return known;
    const label = labelOf(folder, freeLabel, problems);
    const one = byLabel.get(label) ?? { id: newId(), label };
    if (!byLabel.has(label)) classes.push(one);
    byLabel.set(label, one);
    byFolder.set(folder, one);
    return one;
  };
  const into = present.find(({ id }) => id === intoClassId) ?? null;
  let loose: Collection['loose'] = null;
  const pictures = files.flatMap(({ path, file, label }): CollectedPicture[] => {
    if (label === undefined && isClutter(path)) return [];
    const refused = refuseUnseen(path, file);
    if (refused) {
      problems.push(refused);
      return [];
    }
    const place: Place = label === undefined ? placeOf(path) : { label, purpose: 'train' };
    const target = into ?? classOf(place.label ?? '');
    if (!into && place.label === null)
      loose = { label: target.label, count: (loose?.count ?? 0) + 1 };
    return [{ path, file, classId: target.id, purpose: place.purpose }];
  });
  return { classes, pictures, problems, loose };
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
