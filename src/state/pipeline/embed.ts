import type { Crop } from '../../core/preprocess.ts';
import { Cancelled, type Problem } from '../../core/problem.ts';
import type { Sample, Sha256 } from '../../core/dataset.ts';
import type { EmbedItem, EmbedReport, Engine } from '../../engine/contract.ts';
import type { EmbeddingKey, Store } from '../../storage/contract.ts';

export type EmbeddingVector = Float32Array<ArrayBuffer>;

/** Names the embeddings of one backbone and one crop. */
export type EmbeddingSpace = Omit<EmbeddingKey, 'hash'>;

/** A picture without an embedding, and a sample that shows it. */
export interface MissingEmbedding {
  readonly hash: Sha256;
  readonly sampleId: string;
}

/** Pictures handed to the engine at once: long enough to keep its decoding ahead, short enough to hold their handles. */
const PICTURES_A_CALL = 256;
/** Embeddings written in one transaction; so many are computed again after a killed tab. */
const EMBEDDINGS_A_WRITE = 64;

/** The embeddings at hand, by the hash of their picture. */
export class EmbeddingCache {
  readonly space: EmbeddingSpace;
  readonly #byHash = new Map<Sha256, EmbeddingVector>();
  /** Pictures that the engine could not embed, with its reason: not tried again. */
  readonly refused = new Map<Sha256, Problem>();

  constructor(space: EmbeddingSpace) {
    this.space = space;
  }

  /** How many there are. */
  get size(): number {
    return this.#byHash.size;
  }

  get(hash: Sha256): EmbeddingVector | undefined {
    return this.#byHash.get(hash);
  }

  set(hash: Sha256, embedding: EmbeddingVector): void {
    this.#byHash.set(hash, embedding);
  }

  /** Samples that are neither embedded nor refused; of equal pictures the first. */
  missing(samples: readonly Sample[]): MissingEmbedding[] {
    const found = new Map<Sha256, string>();
    for (const { hash, id } of samples) {
      if (!this.#byHash.has(hash) && !this.refused.has(hash) && !found.has(hash))
        found.set(hash, id);
    }
    return Array.from(found, ([hash, sampleId]) => ({ hash, sampleId }));
  }

  isFor(backboneSha256: string, crop: Crop): boolean {
    return this.space.backboneSha256 === backboneSha256 && this.space.crop === crop;
  }
}

export interface EmbedParts {
  readonly engine: Pick<Engine, 'embed'>;
  readonly store: Pick<Store, 'getEmbeddings' | 'putEmbeddings'>;
  readonly library: FileSource;
}

/** Where a picture's file is read from. */
export interface FileSource {
  readFile(sampleId: string): Promise<Blob | null>;
}

/** Stage 4a: takes from the store what was embedded before. @returns how many were found. */
export async function recallEmbeddings(
  wanted: readonly MissingEmbedding[],
  cache: EmbeddingCache,
  store: EmbedParts['store'],
): Promise<number> {
  const found = await store.getEmbeddings(wanted.map(({ hash }) => ({ ...cache.space, hash })));
  let count = 0;
  for (const [index, { hash }] of wanted.entries()) {
    const embedding = found[index];
    if (!embedding) continue;
    cache.set(hash, embedding);
    count += 1;
  }
  return count;
}

/**
 * Stage 4b: embeds pictures, keeping each batch as it comes.
 *
 * @param onEmbedded after each report of the engine, with how many it settled.
 * @returns the pictures whose files the store no longer has.
 * @throws where `signal` aborts; what came until then is kept.
 */
export async function embedPictures(
  missing: readonly MissingEmbedding[],
  cache: EmbeddingCache,
  { engine, store, library }: EmbedParts,
  onEmbedded: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly MissingEmbedding[]> {
  const gone: MissingEmbedding[] = [];
  const writer = new EmbeddingWriter(cache.space, store);
  const onReport = (report: EmbedReport): void => {
    for (const item of report) {
      if ('problem' in item) cache.refused.set(item.key, item.problem);
      else {
        cache.set(item.key, item.embedding);
        writer.add(item.key, item.embedding);
      }
    }
    onEmbedded(report.length);
  };
  try {
    let next = readItems(missing.slice(0, PICTURES_A_CALL), library);
    for (let from = 0; from < missing.length; from += PICTURES_A_CALL) {
      const read = await next;
      next = readItems(missing.slice(from + PICTURES_A_CALL, from + 2 * PICTURES_A_CALL), library);
      gone.push(...read.gone);
      if (read.items.length > 0)
        await engine.embed(read.items, cache.space.crop, { onReport, signal });
      if (signal.aborted) throw new Cancelled();
    }
  } finally {
    await writer.flush();
  }
  return gone;
}

async function readItems(
  wanted: readonly MissingEmbedding[],
  library: FileSource,
): Promise<{ readonly items: readonly EmbedItem[]; readonly gone: readonly MissingEmbedding[] }> {
  const files = await Promise.all(wanted.map(({ sampleId }) => library.readFile(sampleId)));
  const items: EmbedItem[] = [];
  const gone: MissingEmbedding[] = [];
  for (const [index, picture] of wanted.entries()) {
    const file = files[index];
    if (file) items.push({ key: picture.hash, file });
    else gone.push(picture);
  }
  return { items, gone };
}

/** Gathers embeddings into transactions of a size that is worth one. */
class EmbeddingWriter {
  readonly #space: EmbeddingSpace;
  readonly #store: Pick<Store, 'putEmbeddings'>;
  #waiting: { key: EmbeddingKey; embedding: EmbeddingVector }[] = [];
  #written: Promise<unknown> = Promise.resolve();

  constructor(space: EmbeddingSpace, store: Pick<Store, 'putEmbeddings'>) {
    this.#space = space;
    this.#store = store;
  }

  add(hash: Sha256, embedding: EmbeddingVector): void {
    this.#waiting.push({ key: { ...this.#space, hash }, embedding });
    if (this.#waiting.length >= EMBEDDINGS_A_WRITE) void this.flush();
  }

  async flush(): Promise<void> {
    const entries = this.#waiting;
    this.#waiting = [];
    if (entries.length > 0)
      this.#written = this.#written.then(() => this.#store.putEmbeddings(entries));
    await this.#written;
  }
}
