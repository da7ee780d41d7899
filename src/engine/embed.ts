import type { Crop } from '../core/preprocess.ts';
import type { BackendName } from '../core/backend.ts';
import type { Backbone } from '../network/backbone.ts';
import type { EmbedItem, EmbedReport, Frame } from './contract.ts';
import type { EmbeddingRow } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { PicturePool } from './picture-pool.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { NetworkId, Prepared } from './remote.ts';
import { throwIfCancelled } from './jobs.ts';

/**
 * Pictures in one batch. A GPU wants many at once; on the CPU more than a few
 * win nothing, and messages only get through between two batches.
 */
export const BATCH_SIZE: Readonly<Record<BackendName, number>> = {
  webgpu: 32,
  webgl: 16,
  wasm: 8,
  cpu: 4,
};

/** How many batches of pictures are decoded ahead at most: each is some megabytes. */
const BATCHES_AHEAD = 3;

/** A network of the picture workers that embeds in place of TF.js. */
export interface Faster {
  readonly network: NetworkId;
  /** It failed, and isn't to be asked again. */
  fail(reason: string): Promise<void>;
}

/**
 * Runs work with the backbone in use, again on the next device if this one is lost. What is `faster`
 * embeds in its place; null where TF.js is fastest, or nothing else is known yet.
 */
export type OnBackbone = <T>(
  work: (backbone: Backbone, faster: Faster | null) => Promise<T>,
) => Promise<T>;

/** What embedding needs of the engine. */
export interface EmbedTools {
  readonly pool: PicturePool;
  readonly backend: BackendName;
  readonly inputSidePx: number;
  readonly onBackbone: OnBackbone;
}

/**
 * Pictures to embeddings, batch by batch. While one batch computes the next
 * ones are decoded, and while its report travels to the page the one after it
 * computes. A picture that can't be decoded is reported and the others go on.
 *
 * @param keep takes an embedding and gives its row.
 */
export async function embedAll(
  items: readonly EmbedItem[],
  crop: Crop,
  tools: EmbedTools,
  keep: (row: EmbeddingRow) => number,
  report: (report: EmbedReport) => void | Promise<void>,
  cancel: AbortSignal,
): Promise<void> {
  const size = BATCH_SIZE[tools.backend];
  let reported: Promise<void> = Promise.resolve();
  for await (const batch of decodeAhead(items, crop, size, tools)) {
    throwIfCancelled(cancel);
    const before = reported;
    reported = embedDecoded(batch, tools).then(async (embedded) => {
      const told = describe(embedded, keep);
      await before;
      throwIfCancelled(cancel);
      await report(told);
    });
    // It is awaited one batch later; until then its failure isn't unhandled.
    reported.catch(() => undefined);
    await before;
  }
  await reported;
}

interface Decoded {
  readonly item: number;
  readonly hash: Sha256;
  readonly prepared: Result<Prepared>;
}

/** An item's embedding, or why it has none. */
interface Embedded {
  readonly item: number;
  readonly hash: Sha256;
  readonly outcome: Float32Array | Problem;
}

/** Puts embeddings into the store, and says where. */
function describe(embedded: readonly Embedded[], keep: (row: EmbeddingRow) => number): EmbedReport {
  return {
    items: Int32Array.from(embedded, ({ item }) => item),
    rows: Int32Array.from(embedded, ({ hash, outcome }) =>
      outcome instanceof Float32Array ? keep({ hash, values: outcome }) : -1,
    ),
    problems: embedded.flatMap(({ item, outcome }) =>
      outcome instanceof Float32Array ? [] : [{ item, problem: outcome }],
    ),
  };
}

/** Batches of decoded pictures, in order, always some on their way. */
async function* decodeAhead(
  items: readonly EmbedItem[],
  crop: Crop,
  size: number,
  tools: EmbedTools,
): AsyncGenerator<Decoded[]> {
  const coming: Promise<Decoded>[] = [];
  let next = 0;
  const fill = (): void => {
    for (; next < items.length && coming.length < size * BATCHES_AHEAD; next++) {
      const item = items[next];
      if (item === undefined) continue;
      const decoded = decodeItem(next, item, crop, tools);
      // Nobody waits for those under way once the work is cancelled.
      decoded.catch(() => undefined);
      coming.push(decoded);
    }
  };
  fill();
  while (coming.length > 0) {
    const batch = await Promise.all(coming.splice(0, size));
    fill();
    yield batch;
  }
}

async function decodeItem(
  item: number,
  { hash, file }: EmbedItem,
  crop: Crop,
  tools: EmbedTools,
): Promise<Decoded> {
  const name = file instanceof File ? file.name : '';
  return { item, hash, prepared: await prepare(file, name, crop, tools) };
}

/** As far as the picture workers get a picture: to its embedding, where they hold a network that is faster. */
export function prepare(
  picture: Blob | Frame,
  name: string,
  crop: Crop,
  { pool, inputSidePx, onBackbone }: EmbedTools,
): Promise<Result<Prepared>> {
  return onBackbone(async (_, faster) => {
    const made = await pool.prepare(picture, name, crop, inputSidePx, faster?.network ?? null);
    if (made.ok && 'input' in made.value && made.value.failure !== null)
      await faster?.fail(made.value.failure);
    return made;
  });
}

async function embedDecoded(
  batch: readonly Decoded[],
  tools: EmbedTools,
): Promise<readonly Embedded[]> {
  const inputs = batch.flatMap(({ prepared }) =>
    prepared.ok && 'input' in prepared.value ? [prepared.value.input] : [],
  );
  const embeddings =
    inputs.length === 0
      ? new Float32Array()
      : await tools.onBackbone((backbone) => backbone.embed(inputs));
  const length = embeddings.length / inputs.length;
  let row = 0;
  return batch.map(({ item, hash, prepared }) => {
    if (!prepared.ok) return { item, hash, outcome: prepared.problem };
    if ('embedding' in prepared.value) return { item, hash, outcome: prepared.value.embedding };
    const start = row++ * length;
    return { item, hash, outcome: embeddings.subarray(start, start + length) };
  });
}
