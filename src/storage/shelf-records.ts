import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { packHashes, unpackHashes, type EmbeddingRow } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';

/** Rows of one record: 1.3 MB at 1,280 numbers a row, so that 20,000 rows come with 79 reads. */
export const ROWS_A_RECORD = 256;

type RecordKey = [space: string, id: string];

/** Hashes lie apart from values: who looks for a few rows doesn't read all of them. */
interface Schema extends DBSchema {
  hashes: { key: RecordKey; value: Uint8Array<ArrayBuffer> };
  /** Row-major [hashes, embeddingLength]. */
  values: { key: RecordKey; value: Float32Array<ArrayBuffer> };
}

export type ShelfDatabase = IDBPDatabase<Schema>;

/** What a record holds, in its order. */
export interface ShelfRecord {
  /** Chosen by whoever wrote it: no two tabs write to one by chance. */
  readonly id: string;
  readonly hashes: readonly Sha256[];
}

/** What can be computed again is left to the operating system's buffers. */
const DURABILITY = { durability: 'relaxed' } as const;

/** @param onClosed the connection was ended from outside: storage cleared, or a newer tab. */
export async function openShelfDatabase(
  name: string,
  onClosed: () => void,
): Promise<ShelfDatabase> {
  const database = await openDB<Schema>(name, 1, {
    upgrade: (made) => {
      made.createObjectStore('hashes');
      made.createObjectStore('values');
    },
    blocking: () => {
      database.close();
      onClosed();
    },
    terminated: onClosed,
  });
  return database;
}

/** All records of a space. */
export async function listRecords(database: ShelfDatabase, space: string): Promise<ShelfRecord[]> {
  const { store } = database.transaction('hashes');
  const range = IDBKeyRange.bound([space], [space, []]);
  const [keys, packed] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
  return keys.map(([, id], index) => ({ id, hashes: unpackHashes(packed[index] ?? EMPTY) }));
}

/** All pictures that a record has a row of, in every space. */
export async function listHashes(database: ShelfDatabase): Promise<Sha256[]> {
  return (await database.getAll('hashes')).flatMap(unpackHashes);
}

const EMPTY = new Uint8Array();

/** The rows of a record as they are now; none where it is gone. */
export async function readRecord(
  database: ShelfDatabase,
  space: string,
  id: string,
): Promise<EmbeddingRow[]> {
  const transaction = database.transaction(['hashes', 'values']);
  return rowsOf(
    ...(await Promise.all([
      transaction.objectStore('hashes').get([space, id]),
      transaction.objectStore('values').get([space, id]),
    ])),
  );
}

function rowsOf(packed: Uint8Array = EMPTY, values = new Float32Array()): EmbeddingRow[] {
  const hashes = unpackHashes(packed);
  const length = values.length / hashes.length;
  return hashes.map((hash, index) => ({
    hash,
    values: values.subarray(index * length, (index + 1) * length),
  }));
}

/**
 * Adds rows to a record that has room, and to new ones.
 *
 * @param tail the record that has room; null where none does.
 * @returns the records that are others now.
 */
export async function appendRows(
  database: ShelfDatabase,
  space: string,
  tail: string | null,
  rows: readonly EmbeddingRow[],
): Promise<ShelfRecord[]> {
  const transaction = database.transaction(['hashes', 'values'], 'readwrite', DURABILITY);
  const [hashes, values] = [transaction.objectStore('hashes'), transaction.objectStore('values')];
  const kept =
    tail === null
      ? []
      : rowsOf(...(await Promise.all([hashes.get([space, tail]), values.get([space, tail])])));
  const all = [...kept, ...rows];
  const written: ShelfRecord[] = [];
  const puts: Promise<unknown>[] = [transaction.done];
  try {
    for (let from = 0; from < all.length; from += ROWS_A_RECORD) {
      const part = all.slice(from, from + ROWS_A_RECORD);
      const id = (from === 0 ? tail : null) ?? crypto.randomUUID();
      const record = { id, hashes: part.map(({ hash }) => hash) };
      puts.push(hashes.put(packHashes(record.hashes), [space, id]));
      puts.push(values.put(joinValues(part), [space, id]));
      written.push(record);
    }
  } catch (error) {
    // One without the other would be worth nothing.
    transaction.abort();
    await Promise.allSettled(puts);
    throw error;
  }
  await Promise.all(puts);
  return written;
}

/** Forgets all rows of some pictures, in every space. */
export async function dropRows(
  database: ShelfDatabase,
  dropped: ReadonlySet<Sha256>,
): Promise<void> {
  const transaction = database.transaction(['hashes', 'values'], 'readwrite', DURABILITY);
  const values = transaction.objectStore('values');
  let cursor = await transaction.objectStore('hashes').openCursor();
  while (cursor) {
    const hashes = unpackHashes(cursor.value);
    const left = hashes.filter((hash) => !dropped.has(hash));
    if (left.length === 0) await Promise.all([cursor.delete(), values.delete(cursor.key)]);
    else if (left.length < hashes.length) {
      const rows = rowsOf(cursor.value, await values.get(cursor.key));
      const kept = joinValues(rows.filter(({ hash }) => !dropped.has(hash)));
      await Promise.all([cursor.update(packHashes(left)), values.put(kept, cursor.key)]);
    }
    cursor = await cursor.continue();
  }
  await transaction.done;
}

/** Memory of their own: of a view, all that it is a view of would be written. */
function joinValues(rows: readonly EmbeddingRow[]): Float32Array<ArrayBuffer> {
  const length = rows[0]?.values.length ?? 0;
  const joined = new Float32Array(rows.length * length);
  for (const [index, { values }] of rows.entries()) joined.set(values, index * length);
  return joined;
}
