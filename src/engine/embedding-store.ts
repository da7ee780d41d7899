import { at } from '../core/at.ts';
import { spaceKey, type EmbeddingRow, type EmbeddingSpace } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import { Cancelled } from '../core/problem.ts';
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
  readonly #dropped = new Set<number>();
  #count = 0;
  #length = 0;

  constructor(space: EmbeddingSpace) {
    this.space = space;
  }

  /** Numbers in a row; 0 before there is one. */
  get embeddingLength(): number {
    return this.#length;
  }

  /** Of all pictures that have a row. */
  get hashes(): Iterable<Sha256> {
    return this.#rows.keys();
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

  /** The row itself, no copy. @throws RangeError where there is none. @throws {Cancelled} where it was dropped. */
  at(row: number): Float32Array<ArrayBuffer> {
    if (this.#dropped.has(row)) throw new Cancelled();
    if (!(row >= 0 && row < this.#count)) throw new RangeError(`no row ${String(row)}`);
    const start = (row % ROWS_A_CHUNK) * this.#length;
    return at(this.#chunks, Math.floor(row / ROWS_A_CHUNK)).subarray(start, start + this.#length);
  }

  /** Lets the rows of these pictures go; the rest keep their numbers. @returns whether there were any. */
  drop(hashes: Iterable<Sha256>): boolean {
    const before = this.#dropped.size;
    const chunks = new Set<number>();
    for (const hash of hashes) {
      const row = this.#rows.get(hash);
      if (row === undefined) continue;
      this.at(row).fill(0);
      this.#rows.delete(hash);
      this.#dropped.add(row);
      chunks.add(Math.floor(row / ROWS_A_CHUNK));
    }
    for (const chunk of chunks) if (this.#isEmpty(chunk)) this.#chunks[chunk] = new Float32Array();
    return this.#dropped.size > before;
  }

  /** Whether a piece is full of rows that are gone: its memory can go too. */
  #isEmpty(chunk: number): boolean {
    const [start, end] = [chunk * ROWS_A_CHUNK, (chunk + 1) * ROWS_A_CHUNK];
    for (let row = start; row < end; row++) if (!this.#dropped.has(row)) return false;
    return true;
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
  /** All pictures that have a row in any space. */
  hashes(): Iterable<Sha256>;
  /** Lets the rows of these pictures go. @returns whether there were any. */
  drop(hashes: ReadonlySet<Sha256>): boolean;
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
    hashes: () => new Set([...spaces.values()].flatMap((held) => [...held.hashes])),
    drop: (hashes) => [...spaces.values()].filter((held) => held.drop(hashes)).length > 0,
  };
}
