import { at } from './at.ts';
import { MAX_LABEL_LENGTH, type Purpose } from './dataset.ts';
import { failed, ok, type Result } from './problem.ts';

/**
 * What never belongs in a label: control characters, halves of surrogate
 * pairs, and the characters that make text run backwards over its
 * surroundings (embeddings, overrides and isolates of Unicode's UAX #9; see
 * "Trojan Source", CVE-2021-42574). Joiners stay: emoji and Persian need them.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\u200B\uFEFF]/gu;

/** Characters that show nothing; a label of only these is empty to the eye. */
const INVISIBLE = /[\s\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** As many characters become one by composition (NFC) at most: a Greek letter with three accents. */
const MOST_COMPOSED = 4;

/**
 * Makes a label out of what was typed or what a folder is called. Any text is
 * a label, `__proto__` and `<img>` too: labels are only ever shown as text and
 * never used as keys of plain objects.
 *
 * @param taken labels that other classes have. Compared exactly: `Hat` and
 * `hat` are two folders on most machines.
 */
export function cleanLabel(text: string, taken: readonly string[]): Result<string> {
  // White space first: a line break between two words must leave a space.
  const plain = text.replace(/\s+/gu, ' ').replace(FORBIDDEN, '').replace(/ +/gu, ' ').trim();
  // Normalising takes time with the square of a run of accents: only of what may become short enough.
  const label = plain.length > MAX_LABEL_LENGTH * MOST_COMPOSED ? plain : plain.normalize('NFC');
  if (label.replace(INVISIBLE, '') === '') return failed({ code: 'label-empty' });
  if (label.length > MAX_LABEL_LENGTH) {
    return failed({ code: 'label-too-long', length: label.length, maxLength: MAX_LABEL_LENGTH });
  }
  if (taken.includes(label)) return failed({ code: 'label-taken', label });
  return ok(label);
}

/** What a file's folders say about it: its class, and what it is for. */
export interface FolderLabel {
  /** The folder's name as it is, not yet a clean label; null where no folder gives one. */
  readonly label: string | null;
  readonly purpose: Purpose;
}

/**
 * Folder names that tell a part of a data set instead of a class. A validation
 * folder counts as training pictures: what is kept aside while fitting is
 * drawn from all of those, and only a test folder is never looked at.
 */
const PARTS: ReadonlyMap<string, Purpose> = new Map([
  ['train', 'learn'],
  ['training', 'learn'],
  ['val', 'learn'],
  ['valid', 'learn'],
  ['validation', 'learn'],
  ['test', 'judge'],
  ['testing', 'judge'],
]);

/**
 * Reads a label and a purpose from the folders of a path. The class is the
 * folder that the picture lies in; below a `train/`, `test/` … folder it is
 * the first folder, however deep the picture lies; and where the parts lie
 * inside of the classes (`hat/train/1.jpg`), the folder around them.
 *
 * @param path as dropped, with `/` or `\`. Hostile text.
 */
export function folderLabelOf(path: string): FolderLabel {
  const folders = segmentsOf(path).slice(0, -1);
  const part = folders.findLastIndex((folder) => PARTS.has(folder.toLowerCase()));
  const purpose = PARTS.get(folders[part]?.toLowerCase() ?? '') ?? 'learn';
  if (part < 0) return { label: folders.at(-1) ?? null, purpose };
  const around = folders.slice(0, part).findLast((folder) => !PARTS.has(folder.toLowerCase()));
  return { label: folders[part + 1] ?? around ?? null, purpose };
}

/** Files that systems leave beside pictures, and that nobody means to drop. */
const CLUTTER: ReadonlySet<string> = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '$recycle.bin',
  'system volume information',
  '@eadir',
  'icon\r',
]);

/** Whether a file is hidden or a system's own, by its name or a folder's: left out without a word. */
export function isClutter(path: string): boolean {
  return segmentsOf(path).some((name) => name.startsWith('.') || CLUTTER.has(name.toLowerCase()));
}

/** A path's folders and file name; steps such as `..` say nothing and are dropped. */
function segmentsOf(path: string): string[] {
  return path.split(/[/\\]/u).filter((name) => name !== '' && name !== '.' && name !== '..');
}

const RUNS = /\d+|\D+/gu;

/**
 * Orders labels as a person would: `img2` before `img10`, `apple` beside
 * `Apple`. By code point and not by locale, so that the class order is the
 * same everywhere.
 */
export function compareLabels(a: string, b: string): number {
  const runsA = a.toLowerCase().match(RUNS) ?? [];
  const runsB = b.toLowerCase().match(RUNS) ?? [];
  for (let index = 0; index < Math.min(runsA.length, runsB.length); index++) {
    const order = compareRuns(at(runsA, index), at(runsB, index));
    if (order !== 0) return order;
  }
  return runsA.length - runsB.length || compareCodePoints(a, b);
}

function compareRuns(a: string, b: string): number {
  if (/^\d/u.test(a) && /^\d/u.test(b)) {
    // By length and then by digit: the numbers may be too long for a number.
    const digitsA = a.replace(/^0+/u, '');
    const digitsB = b.replace(/^0+/u, '');
    return digitsA.length - digitsB.length || compareCodePoints(digitsA, digitsB);
  }
  return compareCodePoints(a, b);
}

function compareCodePoints(a: string, b: string): number {
  const pointsA = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const pointsB = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  for (let index = 0; index < Math.min(pointsA.length, pointsB.length); index++) {
    const order = at(pointsA, index) - at(pointsB, index);
    if (order !== 0) return order;
  }
  return pointsA.length - pointsB.length;
}
