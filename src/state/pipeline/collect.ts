import { cleanLabel, compareLabels, isClutter, placeOf, type Place } from '../../core/labels.ts';
import type { Problem } from '../../core/problem.ts';
import { MAX_LABEL_LENGTH, type ClassLabel, type Purpose } from '../../core/dataset.ts';
import type { DroppedFile } from '../../formats/contract.ts';
import { newClassId } from '../class-id.ts';

/** A file that will be looked at, and where it belongs. */
export interface CollectedPicture {
  readonly path: string;
  readonly file: File;
  readonly classId: string;
  readonly purpose: Purpose;
  readonly archived: boolean;
}

/** What a drop is, before anything of it is looked at. */
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
  const classOf = (label: string): ClassLabel => {
    const existing = byFolder.get(label) ?? findOrAdd(classes, label, freeLabel, problems);
    byFolder.set(label, existing);
    return existing;
  };
  const into = present.find(({ id }) => id === intoClassId) ?? null;
  let loose: Collection['loose'] = null;
  const pictures = files.flatMap((dropped): CollectedPicture[] => {
    const { path, file, label, archived = false } = dropped;
    if (label === undefined && isClutter(path)) return [];
    const refused = refuseUnseen(path, file);
    if (refused) {
      problems.push(refused);
      return [];
    }
    const place: Place = label === undefined ? placeOf(path) : { label, purpose: 'learn' };
    const target = into ?? classOf(place.label ?? '');
    if (!into && place.label === null)
      loose = { label: target.label, count: (loose?.count ?? 0) + 1 };
    return [{ path, file, classId: target.id, purpose: place.purpose, archived }];
  });
  return { classes, pictures, problems, loose };
}

/** The class of a folder's name; one whose name is no label (empty, too long) gets the nearest that is. */
function findOrAdd(
  classes: ClassLabel[],
  folder: string,
  freeLabel: string,
  problems: Problem[],
): ClassLabel {
  const cleaned = cleanLabel(folder, []);
  let label = freeLabel;
  if (cleaned.ok) label = cleaned.value;
  else if (cleaned.problem.code === 'label-too-long') {
    problems.push(cleaned.problem);
    label = shorten(folder);
  }
  const existing = classes.find((one) => one.label === label);
  if (existing) return existing;
  const added = { id: newClassId(classes), label };
  classes.push(added);
  return added;
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
 * What need not be read to know that it is no picture, such as a film of two gigabytes. Whatever
 * might be one, by its type or for want of it, is looked at.
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
