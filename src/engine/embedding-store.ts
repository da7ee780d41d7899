import { at } from '../core/at.ts';
import { spaceKey, type EmbeddingRow, type EmbeddingSpace } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { SpaceId } from './contract.ts';

/** Rows of one piece of memory: 1.3 MB at 1,280 numbers a row. Growing moves nothing. */
const ROWS_A_CHUNK = 256;

/** Views of one backbone that are held: the one in use, and the one before, which a person may go back to. */
const VIEWS_A_BACKBONE = 2;

/** The embeddings of one space. A row keeps its number, and its place in memory, for as long as this lives. */
export class HeldSpace {
  readonly id: SpaceId = crypto.randomUUID();
  readonly space: EmbeddingSpace;
  readonly #rows = new Map<Sha256, number>();
  readonly #chunks: Float32Array<ArrayBuffer>[] = [];
  #count = 0;
  #length = 0;

  constructor(space: EmbeddingSpace) {
    this.space = space;
  }

  /** Numbers in a row; 0 before there is one. */
  get embeddingLength(): number {
    return this.#length;
  }

  /** −1 where there is none. */
  rowOf(hash: Sha256): number {
    return this.#rows.get(hash) ?? -1;
  }

  /** Copies an embedding in. @returns its row; of a picture that has one already, that one, as it was. */
  add({ hash, values }: EmbeddingRow): number {
    const known = this.#rows.get(hash);
    if (known !== undefined) return known;
    if (this.#count === 0) this.#length = values.length;
    if (values.length !== this.#length)
      throw new RangeError(`${String(values.length)} numbers in rows of ${String(this.#length)}`);
    const row = this.#count++;
    if (row % ROWS_A_CHUNK === 0) this.#chunks.push(new Float32Array(ROWS_A_CHUNK * this.#length));
    this.at(row).set(values);
    this.#rows.set(hash, row);
    return row;
  }

  /** The row itself, no copy. @throws RangeError where there is none. */
  at(row: number): Float32Array<ArrayBuffer> {
    if (!(row >= 0 && row < this.#count)) throw new RangeError(`no row ${String(row)}`);
    const start = (row % ROWS_A_CHUNK) * this.#length;
    return at(this.#chunks, Math.floor(row / ROWS_A_CHUNK)).subarray(start, start + this.#length);
  }

  /** Wipes the rows of all other pictures; the rest keep their numbers. */
  keepOnly(hashes: ReadonlySet<Sha256>): void {
    for (const [hash, row] of this.#rows) {
      if (hashes.has(hash)) continue;
      this.at(row).fill(0);
      this.#rows.delete(hash);
    }
  }
}

/** All embeddings there are, in the engine worker: nobody else holds any. */
export interface EmbeddingStore {
  /** The space there is, or an empty one. */
  open(space: EmbeddingSpace): HeldSpace;
  /** Null where it isn't held any longer, or never was: what is known of its rows is void. */
  held(id: SpaceId): HeldSpace | null;
  /** Lets all spaces of other backbones go. Work that has one in hand keeps it until it is done. */
  keepBackbones(sha256s: ReadonlySet<string>): void;
  /** Forgets what is of any other picture. */
  keepOnly(hashes: ReadonlySet<Sha256>): void;
}

export function createEmbeddingStore(): EmbeddingStore {
  // In the order in which they were opened last.
  const spaces = new Map<string, HeldSpace>();
  return {
    open: (space) => {
      const key = spaceKey(space);
      const held = spaces.get(key) ?? new HeldSpace(space);
      spaces.delete(key);
      spaces.set(key, held);
      const views = [...spaces].filter(
        ([, other]) => other.space.backboneSha256 === space.backboneSha256,
      );
      for (const [old] of views.slice(0, -VIEWS_A_BACKBONE)) spaces.delete(old);
      return held;
    },
    held: (id) => [...spaces.values()].find((held) => held.id === id) ?? null,
    keepBackbones: (sha256s) => {
      for (const [key, { space }] of spaces)
        if (!sha256s.has(space.backboneSha256)) spaces.delete(key);
    },
    keepOnly: (hashes) => {
      if (hashes.size === 0) spaces.clear();
      else for (const held of spaces.values()) held.keepOnly(hashes);
    },
  };
}
