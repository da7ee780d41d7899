import type { Sample } from '../core/dataset.ts';
import type { Database } from './schema.ts';

/** Rows read at once: enough to be fast, few enough that unpacking them stays a short task on the page. */
const ROWS_PER_READ = 500;

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
