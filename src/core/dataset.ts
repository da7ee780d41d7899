import type { ProjectOptions } from './options.ts';

/** SHA-256 in lower-case hexadecimal, 64 characters. */
export type Sha256 = string;

/** A class of the classifier. Its id never changes; renaming costs no retrain. */
export interface ClassLabel {
  readonly id: string;
  /** What a person calls it: hostile text, shown as text only. At most {@link MAX_LABEL_LENGTH} characters. */
  readonly label: string;
}

/** Longest label, in UTF-16 code units. */
export const MAX_LABEL_LENGTH = 100;

/** What a picture is for: to learn from, or only to judge by (it came from a `test/` folder, or was marked so). */
export type Purpose = 'learn' | 'judge';

/** How a picture came in. */
export type OriginKind = 'files' | 'archive' | 'recording' | 'pasted' | 'drawn' | 'project';

/** Where a picture came from: what later tells which ones were taken together. */
export interface Origin {
  readonly kind: OriginKind;
  /** Of one drop, one recording, one paste: a random id that its pictures share. */
  readonly batch: string;
  /** Folders and name as they came, an archive's inner path too. Hostile text; never used as a path. */
  readonly path: string;
  /** When the file was last changed, as its system says, in milliseconds since 1970; null where unknown. */
  readonly modifiedAtMillis: number | null;
}

/**
 * An encoded picture as bytes. Every Blob is registered with the browser's own process, which holds
 * up the thread that makes it.
 */
export interface PictureBytes {
  /** MIME type. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One picture of a dataset. Its content (file, thumbnail, embeddings) is kept under {@link Sample.hash}. */
export interface Sample {
  readonly id: string;
  /** SHA-256 of the file as it came. */
  readonly hash: Sha256;
  /** Its label; null for a picture that has none (yet). */
  readonly classId: string | null;
  readonly purpose: Purpose;
  /** The file's name as it came: hostile text. */
  readonly name: string;
  readonly origin: Origin;
  /** After EXIF orientation. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Milliseconds since 1970, for a stable order of arrival: see {@link compareSamples}. */
  readonly addedAtMillis: number;
}

/**
 * All that a project's classifier is made of, as one value that is never changed: every change is an
 * {@link file://./edit.ts | edit} that gives another.
 */
export interface Dataset {
  /** Empty until it is named. Hostile text. */
  readonly name: string;
  /** In the order in which they are shown. */
  readonly classes: readonly ClassLabel[];
  /** In the order of {@link compareSamples}; labels name one of `classes`. */
  readonly samples: readonly Sample[];
  readonly options: ProjectOptions;
}

/** The order of arrival, the same everywhere: by time, then by id. */
export function compareSamples(a: Sample, b: Sample): number {
  return a.addedAtMillis - b.addedAtMillis || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Sample id to sample. */
export function samplesById({ samples }: Dataset): ReadonlyMap<string, Sample> {
  return new Map(samples.map((sample) => [sample.id, sample]));
}

/** Class id to its samples, in their order. Every class has an entry. */
export function samplesByClass({
  classes,
  samples,
}: Dataset): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>(classes.map(({ id }) => [id, []]));
  for (const sample of samples) {
    if (sample.classId !== null) groups.get(sample.classId)?.push(sample);
  }
  return groups;
}
