import type { Dataset, Sample, Sha256 } from '../../core/dataset.ts';
import type { Edit } from '../../core/edit.ts';
import type { InputRange } from '../../core/preprocess.ts';
import { extensionOf, pictureType } from '../entry-path.ts';

/**
 * A project file is a zip. Its pictures lie in folders named after their classes, as any program
 * reads them; what only this app reads lies in a hidden folder, which a drop of the unpacked
 * folders leaves out:
 *
 * - `project.json`: the options, classes and edits, and all of the classifier but its weights. It
 *   is the archive's first entry, so that its first bytes tell what it is.
 * - `samples.jsonl`: every picture that the project or its history speaks of, one a line.
 *   `project.json` names them by their line.
 * - `classifier.bin`: kernels and biases, layer by layer, little-endian float32.
 * - `backbone/`: the model that embeds, where it is the person's own: model.json and its weights
 *   by number, in the manifest's order. Any other is had from where it always was.
 * - `contents.jsonl`: where each picture's file and thumbnail lie, with their checksums. It comes
 *   last: the checksums are known once all is written.
 */
export const HIDDEN = '.headstart/';
export const PROJECT_FILE = `${HIDDEN}project.json`;
export const SAMPLES_FILE = `${HIDDEN}samples.jsonl`;
export const WEIGHTS_FILE = `${HIDDEN}classifier.bin`;
export const BACKBONE_FOLDER = `${HIDDEN}backbone/`;
export const CONTENTS_FILE = `${HIDDEN}contents.jsonl`;

export const PROJECT_FORMAT = 'headstart-project';
export const PROJECT_VERSION = 1;

/** An edit whose samples are lines of {@link SAMPLES_FILE}, from 0. */
export type WrittenEdit =
  | Exclude<Edit, { kind: 'add-samples' | 'together' }>
  | { readonly kind: 'add-samples'; readonly samples: readonly number[] }
  | { readonly kind: 'together'; readonly edits: readonly WrittenEdit[] };

export interface WrittenStep {
  readonly edit: WrittenEdit;
  readonly group: string;
}

/** The dataset before the oldest edit that can be undone; its samples likewise. */
export interface WrittenBase extends Omit<Dataset, 'samples'> {
  readonly samples: readonly number[];
}

/** What the files in {@link BACKBONE_FOLDER} don't say. */
export interface WrittenBackbone {
  /** What its model.json was called: it is shown by that name. */
  readonly name: string;
  readonly inputRange: InputRange;
}

/** A line of {@link CONTENTS_FILE}. */
export interface WrittenContent {
  readonly hash: Sha256;
  /** The entry. */
  readonly file: string;
  /** MIME type. */
  readonly type: string;
  /** Of the entry's bytes: the hash itself, unless the picture was converted. */
  readonly sha256: Sha256;
  /** Whether it is what was kept of a drawing (SVG): the hash is that of the file as it came, which isn't here. */
  readonly converted: boolean;
  /** Null where the file is shown in its place. */
  readonly thumbnail: WrittenThumbnail | null;
}

export interface WrittenThumbnail {
  /** The entry. */
  readonly file: string;
  readonly type: string;
  readonly sha256: Sha256;
}

/** What file systems forbid in names, or read in a way of their own. */
const UNSAFE = /[\p{Cc}<>:"/\\|?*]/gu;
const RESERVED =
  /^(?:con|prn|aux|nul|com\d|lpt\d|__macosx|train|training|val|valid|validation|test|testing)$/iu;
const LONGEST_NAME = 80;

/** A name that any file system takes, and that a drop reads as no more than a name. */
function safeName(text: string): string {
  const plain = Array.from(text.replace(UNSAFE, '_')).slice(0, LONGEST_NAME).join('');
  const trimmed = plain.replace(/^\./u, '_').replace(/[. ]$/u, '_').trim();
  if (trimmed === '') return '_';
  return RESERVED.test(trimmed) ? `${trimmed}_` : trimmed;
}

/** Gives each picture of a dataset an entry name of its own. */
export class EntryNames {
  readonly #taken = new Set<string>();
  readonly #folders: ReadonlyMap<string | null, string>;
  readonly #samples: ReadonlyMap<Sha256, Sample>;

  constructor({ classes, samples }: Dataset) {
    const unlabelled: [null, string] = [null, this.#free('No label')];
    const labelled = classes.map(({ id, label }): [string, string] => [
      id,
      this.#free(safeName(label)),
    ]);
    this.#folders = new Map<string | null, string>([unlabelled, ...labelled]);
    this.#samples = new Map(samples.map((sample) => [sample.hash, sample]));
  }

  /** @param type its MIME type: a name that promises another gets the right ending. */
  nameOf(hash: Sha256, type: string): string {
    const sample = this.#samples.get(hash);
    // Only an undo would bring it back.
    if (!sample) return `${HIDDEN}removed/${hash}`;
    const folder = this.#folders.get(sample.classId) ?? '_';
    const part = sample.purpose === 'judge' ? 'test/' : '';
    const name = safeName(sample.name);
    const fits = type === '' || pictureType(name) === type;
    return this.#free(`${part}${folder}/${fits ? name : `${name}.${endingOf(type)}`}`);
  }

  #free(name: string): string {
    const extension = extensionOf(name);
    const ending = extension === '' ? '' : name.slice(-extension.length - 1);
    const stem = name.slice(0, name.length - ending.length);
    let free = name;
    for (let number = 2; this.#taken.has(free.toLowerCase()); number++)
      free = `${stem} (${String(number)})${ending}`;
    this.#taken.add(free.toLowerCase());
    return free;
  }
}

function endingOf(type: string): string {
  const name = /^image\/(?<name>[a-z0-9]{1,8})/u.exec(type)?.groups?.['name'] ?? 'bin';
  return name === 'jpeg' ? 'jpg' : name;
}
