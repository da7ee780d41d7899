import { packHashes, pooledSpace } from '../../core/embedding.ts';
import type { Crop } from '../../core/preprocess.ts';
import type { Problem } from '../../core/problem.ts';
import type { Sha256 } from '../../core/dataset.ts';
import type { EngineClient } from '../client.ts';
import type { SpaceId, TrainingSet } from '../contract.ts';

let named = 0;

/** Names for so many pictures, never the same twice: what they show is then embedded, however often it was. */
export function freshHashes(count: number): Sha256[] {
  return Array.from({ length: count }, () => (++named).toString(16).padStart(64, '0'));
}

/** What became of pictures: of each its row, or why it has none. */
export interface EmbeddedFiles {
  readonly id: SpaceId;
  readonly hashes: readonly Sha256[];
  readonly outcomes: readonly (number | Problem)[];
}

type Embedder = Pick<EngineClient, 'recall' | 'embed'>;

export async function embedFiles(
  engine: Embedder,
  backboneSha256: string,
  files: readonly Blob[],
  watch: { readonly crop?: Crop; readonly signal?: AbortSignal; onReport?(): void } = {},
): Promise<EmbeddedFiles> {
  const hashes = freshHashes(files.length);
  const space = pooledSpace(backboneSha256, watch.crop ?? 'centre');
  const { id } = await engine.recall(space, new Uint8Array());
  const outcomes: (number | Problem)[] = [];
  await engine.embed(
    files.map((file, index) => ({ hash: hashes[index] ?? '', file })),
    id,
    {
      onReport: (report) => {
        report.items.forEach((item, index) => (outcomes[item] = report.rows[index] ?? -1));
        for (const { item, problem } of report.problems) outcomes[item] = problem;
        watch.onReport?.();
      },
      ...(watch.signal && { signal: watch.signal }),
    },
  );
  return { id, hashes, outcomes };
}

/** The embeddings themselves, in order. @throws where a picture has none. */
export async function embeddingsOf(
  engine: Embedder & Pick<EngineClient, 'readRows'>,
  backboneSha256: string,
  files: readonly Blob[],
  crop: Crop = 'centre',
): Promise<Float32Array<ArrayBuffer>[]> {
  const { id, outcomes } = await embedFiles(engine, backboneSha256, files, { crop });
  const rows = outcomes.map((outcome) => {
    if (typeof outcome !== 'number') throw new Error(JSON.stringify(outcome));
    return outcome;
  });
  if (rows.length !== files.length) throw new Error('not all were reported');
  const all = await engine.readRows(id, Int32Array.from(rows));
  const length = all.length / rows.length;
  return rows.map((_, index) => all.slice(index * length, (index + 1) * length));
}

/** A training set with its numbers in one matrix, as tests make it. */
export interface FlatSet extends Omit<TrainingSet, 'space' | 'rows'> {
  /** Row-major [classes.length, embeddingLength]. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  readonly embeddingLength: number;
}

/** Puts a set's numbers into the engine, in a space of their own. */
export async function placeSet(
  engine: Pick<EngineClient, 'putRows'>,
  { embeddings, embeddingLength, ...set }: FlatSet,
): Promise<TrainingSet> {
  const hashes = freshHashes(embeddings.length / embeddingLength);
  const space = pooledSpace(`made ${hashes[0] ?? ''}`, 'centre');
  const { id, rows } = await engine.putRows(space, packHashes(hashes), embeddings);
  return { ...set, space: id, rows };
}
