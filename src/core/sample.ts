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

/** Whether a picture came from a `test/` folder: such a picture is never trained on. */
export type Purpose = 'train' | 'test';

/**
 * One labelled picture.
 *
 * `arriving`: its bytes are kept, nothing about it has been looked at.
 * `ready`: it decodes; hash, size and thumbnail are known.
 */
export interface Sample {
  readonly id: string;
  readonly classId: string;
  /** The file's name as it came: hostile text. */
  readonly name: string;
  readonly purpose: Purpose;
  readonly state: 'arriving' | 'ready';
  /** Of the file as it came. Null while arriving. */
  readonly hash: Sha256 | null;
  /** After EXIF orientation. Zero while arriving. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Milliseconds since 1970, for a stable order of arrival. */
  readonly addedAtMillis: number;
}
