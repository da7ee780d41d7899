import { packHashes, pooledSpace, type EmbeddingSpace } from '../core/embedding.ts';
import type { Crop } from '../core/preprocess.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import type { ClassLabel, Sample, Sha256 } from '../core/dataset.ts';
import type {
  EmbeddingsRequest,
  EmbedItem,
  EmbedReport,
  Engine,
  SpaceId,
} from '../engine/contract.ts';

/** A picture without an embedding, and a sample that shows it. */
export interface MissingEmbedding {
  readonly hash: Sha256;
  readonly sampleId: string;
}

/** Pictures handed to the engine at once: long enough to keep its decoding ahead, short enough to hold their handles. */
const PICTURES_A_CALL = 256;

/** Where the engine has the embeddings of one backbone and crop, by the hash of their picture. */
export class EmbeddedRows {
  readonly space: EmbeddingSpace;
  #id: SpaceId | null = null;
  readonly #rows = new Map<Sha256, number>();
  #timesForgotten = 0;
  #covered: readonly Sample[] | null = null;
  /** Pictures that the engine could not embed, with its reason: not tried again. */
  readonly refused = new Map<Sha256, Problem>();

  constructor(space: EmbeddingSpace) {
    this.space = space;
  }

  /** The engine's name for the space. @throws {Cancelled} before it has been asked about it. */
  get id(): SpaceId {
    if (this.#id === null) throw new Cancelled();
    return this.#id;
  }

  /** How many there are. */
  get size(): number {
    return this.#rows.size;
  }

  get(hash: Sha256): number | undefined {
    return this.#rows.get(hash);
  }

  set(hash: Sha256, row: number): void {
    this.#rows.set(hash, row);
  }

  /** Whether the engine has been asked about it. */
  get isKnown(): boolean {
    return this.#id !== null;
  }

  /** A row that was made in a space; void where that isn't this one any more. */
  hear(id: SpaceId, hash: Sha256, row: number): void {
    if (id === this.#id) this.#rows.set(hash, row);
  }

  /** What is set from here on is about the space of this id. Rows of another are void. */
  use(id: SpaceId): void {
    if (id !== this.#id) this.#clear();
    this.#id = id;
  }

  /** The engine has begun anew: where it has what is to be asked again. */
  forget(): void {
    this.#id = null;
    this.#clear();
    this.#timesForgotten += 1;
  }

  #clear(): void {
    this.#rows.clear();
    this.#covered = null;
  }

  /** How often the engine has begun anew. */
  get timesForgotten(): number {
    return this.#timesForgotten;
  }

  /** Samples that are neither embedded nor refused; of equal pictures the first. */
  missing(samples: readonly Sample[]): MissingEmbedding[] {
    const found = new Map<Sha256, string>();
    for (const { hash, id } of samples) {
      if (!this.#rows.has(hash) && !this.refused.has(hash) && !found.has(hash)) found.set(hash, id);
    }
    return Array.from(found, ([hash, sampleId]) => ({ hash, sampleId }));
  }

  /** Whether nothing is missing. */
  covers(samples: readonly Sample[]): boolean {
    // Asked for more often than anything changes.
    if (samples === this.#covered) return true;
    if (!samples.every(({ hash }) => this.#rows.has(hash) || this.refused.has(hash))) return false;
    this.#covered = samples;
    return true;
  }

  isFor(backboneSha256: string, crop: Crop): boolean {
    return this.space.backboneSha256 === backboneSha256 && this.space.view === crop;
  }
}

/** No rows yet of what a backbone makes of pictures that are prepared with a crop. */
export function noRows(backboneSha256: string, crop: Crop): EmbeddedRows {
  return new EmbeddedRows(pooledSpace(backboneSha256, crop));
}

export interface EmbedParts {
  readonly engine: Pick<Engine, 'recall' | 'embed'>;
  readonly library: FileSource;
}

/** Where a picture's file is read from. */
export interface FileSource {
  readFile(sampleId: string): Promise<Blob | null>;
}

/** Stage 4a: asks the engine where it has what was embedded before. @returns how many were found. */
export async function recallRows(
  wanted: readonly MissingEmbedding[],
  into: EmbeddedRows,
  engine: EmbedParts['engine'],
): Promise<number> {
  const hashes = wanted.map(({ hash }) => hash);
  const { id, rows } = await engine.recall(into.space, packHashes(hashes));
  into.use(id);
  let count = 0;
  for (const [index, row] of rows.entries()) {
    const hash = hashes[index];
    if (row < 0 || hash === undefined) continue;
    into.set(hash, row);
    count += 1;
  }
  return count;
}

/**
 * Stage 4b: has pictures embedded.
 *
 * @param into after {@link recallRows}.
 * @param onEmbedded after each report of the engine, with how many it settled.
 * @returns the pictures whose files the store no longer has.
 * @throws where `signal` aborts; what came until then is kept.
 */
export async function embedPictures(
  missing: readonly MissingEmbedding[],
  into: EmbeddedRows,
  { engine, library }: EmbedParts,
  onEmbedded: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly MissingEmbedding[]> {
  const gone: MissingEmbedding[] = [];
  const { id } = into;
  let next = readItems(missing.slice(0, PICTURES_A_CALL), library);
  for (let from = 0; from < missing.length; from += PICTURES_A_CALL) {
    const read = await next;
    next = readItems(missing.slice(from + PICTURES_A_CALL, from + 2 * PICTURES_A_CALL), library);
    gone.push(...read.gone);
    const onReport = (report: EmbedReport): void => {
      note(report, read.items, into);
      onEmbedded(report.items.length);
    };
    if (read.items.length > 0) await engine.embed(read.items, id, { onReport, signal });
    if (signal.aborted) throw new Cancelled();
  }
  return gone;
}

function note(
  { items, rows, problems }: EmbedReport,
  of: readonly EmbedItem[],
  into: EmbeddedRows,
) {
  for (const [index, item] of items.entries()) {
    const [hash, row = -1] = [of[item]?.hash, rows[index]];
    if (hash !== undefined && row >= 0) into.set(hash, row);
  }
  for (const { item, problem } of problems) {
    const hash = of[item]?.hash;
    if (hash !== undefined) into.refused.set(hash, problem);
  }
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
    if (file) items.push({ hash: picture.hash, file });
    else gone.push(picture);
  }
  return { items, gone };
}

/** Pictures that have an embedding, in their order, with the present labels: for a file of them. */
export function embeddedSamples(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
  embedded: EmbeddedRows,
): Pick<EmbeddingsRequest, 'space' | 'rows' | 'samples'> {
  const labels = new Map(classes.map(({ id, label }) => [id, label]));
  const found = samples.flatMap(({ hash, classId, name, purpose }) => {
    const row = embedded.get(hash);
    const label = classId === null ? undefined : labels.get(classId);
    const part = purpose === 'judge' ? ('test' as const) : ('train' as const);
    return row !== undefined && label !== undefined ? [{ row, name, label, purpose: part }] : [];
  });
  return {
    space: embedded.id,
    rows: Int32Array.from(found, ({ row }) => row),
    samples: found.map(({ name, label, purpose }) => ({ name, label, purpose })),
  };
}
