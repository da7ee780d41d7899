import type { Crop } from './preprocess.ts';
import type { Sha256 } from './dataset.ts';

/** Embeddings of one kind, which can be compared with each other: of one network, view and tap. */
export interface EmbeddingSpace {
  /** Of the backbone's files. */
  readonly backboneSha256: string;
  /** Which part of a picture the network is shown. */
  readonly view: Crop;
  /** Where in the network they are read: its last feature map, averaged over height and width. */
  readonly tap: 'pooled';
}

/** What a backbone makes of pictures that are prepared with a crop. */
export function pooledSpace(backboneSha256: string, crop: Crop): EmbeddingSpace {
  return { backboneSha256, view: crop, tap: 'pooled' };
}

/** A space as one text, the same for equal ones. */
export function spaceKey({ backboneSha256, view, tap }: EmbeddingSpace): string {
  return `${backboneSha256} ${view} ${tap}`;
}

/** An embedding and the picture that it is of. */
export interface EmbeddingRow {
  readonly hash: Sha256;
  readonly values: Float32Array;
}

/**
 * Keeps embeddings on this machine, to have them again after the page was closed. It never fails:
 * what it could not keep or read is computed again.
 */
export interface EmbeddingShelf {
  /** Hands over what it has of these pictures, in any order. The values are the receiver's to copy. */
  read(
    space: EmbeddingSpace,
    hashes: ReadonlySet<Sha256>,
    onRow: (row: EmbeddingRow) => void,
  ): Promise<void>;
  /** Keeps a row, soon. The values must stay as they are until then. */
  add(space: EmbeddingSpace, row: EmbeddingRow): void;
  /** All pictures that it has an embedding of, in any space. */
  hashes(): Promise<ReadonlySet<Sha256>>;
  /** Forgets what it has of these pictures. */
  drop(hashes: ReadonlySet<Sha256>): Promise<void>;
  /** Resolves when everything added so far is kept, or could not be. */
  flush(): Promise<void>;
}

/** Bytes of one hash. */
export const HASH_BYTES = 32;

/** Hashes one after the other, {@link HASH_BYTES} each: half of what their text takes, and one object. */
export function packHashes(hashes: readonly Sha256[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(hashes.length * HASH_BYTES);
  let place = 0;
  for (const hash of hashes)
    for (let digit = 0; digit < 2 * HASH_BYTES; digit += 2)
      packed[place++] = (digitAt(hash, digit) << 4) | digitAt(hash, digit + 1);
  return packed;
}

/** A hexadecimal digit in lower case. */
function digitAt(hash: Sha256, index: number): number {
  const code = hash.charCodeAt(index);
  return code < 58 ? code - 48 : code - 87;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The way back from {@link packHashes}. */
export function unpackHashes(packed: Uint8Array): Sha256[] {
  return Array.from({ length: Math.floor(packed.length / HASH_BYTES) }, (_, index) => {
    let hash = '';
    for (const byte of packed.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES))
      hash += HEX[byte] ?? '';
    return hash;
  });
}

/** Cosine of the angle between two embeddings of one length, −1 to 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
