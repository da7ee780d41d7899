import type { Sample } from '../core/dataset.ts';
import type { EmbeddingKey } from './contract.ts';
import type { Database, EmbeddingRow } from './schema.ts';

/** Rows read at once: enough to be fast, few enough that unpacking them stays a short task on the page. */
const ROWS_PER_READ = 500;

/** The key of one embedding. */
export function embeddingRow(key: EmbeddingKey): EmbeddingRow {
  return [key.backboneSha256, key.crop, key.hash];
}

/** All samples in order of arrival. */
export async function readSamples(database: Database): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let range: IDBKeyRange | undefined;
  for (;;) {
    const rows = await database.getAll('samples', range, ROWS_PER_READ);
    samples.push(...rows);
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_READ) break;
    range = IDBKeyRange.lowerBound(last.id, true);
  }
  return samples.sort((a, b) => a.addedAtMillis - b.addedAtMillis);
}

/** In the order of the keys; null where there is none. */
export async function readEmbeddings(
  database: Database,
  keys: readonly EmbeddingKey[],
): Promise<readonly (Float32Array<ArrayBuffer> | null)[]> {
  const found: (Float32Array<ArrayBuffer> | null)[] = [];
  for (let from = 0; from < keys.length; from += ROWS_PER_READ) {
    const store = database.transaction('embeddings').store;
    const rows = await Promise.all(
      keys.slice(from, from + ROWS_PER_READ).map((key) => store.get(embeddingRow(key))),
    );
    found.push(...rows.map((row) => row ?? null));
  }
  return found;
}
