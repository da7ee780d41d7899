import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { EmbeddingRow, EmbeddingSpace } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { Crop } from '../core/preprocess.ts';

interface OldSchema extends DBSchema {
  /** From before embeddings had a database of their own. */
  embeddings: {
    key: [backboneSha256: string, crop: Crop, hash: Sha256];
    value: Float32Array<ArrayBuffer>;
  };
}

type OldDatabase = IDBPDatabase<OldSchema>;

const ROWS_AT_ONCE = 256;
const SHA256 = /^[0-9a-f]{64}$/u;

/**
 * Runs work on the embeddings that lie row by row in a project's database, as they did before there
 * was a shelf. Not where there is no such database: it is neither made nor upgraded here, and one
 * who wants to upgrade it finds it closed.
 */
async function withOldEmbeddings(
  name: string,
  work: (database: OldDatabase) => Promise<void>,
): Promise<void> {
  const database: OldDatabase = await openDB<OldSchema>(name, undefined, {
    upgrade: (_made, _from, _to, transaction) => {
      transaction.done.catch(() => undefined);
      transaction.abort();
    },
    blocking: () => {
      database.close();
    },
  });
  try {
    if (database.objectStoreNames.contains('embeddings')) await work(database);
  } finally {
    database.close();
  }
}

/**
 * Hands over all rows of a space, in parts, and removes those that were taken.
 *
 * @param take whether they are kept elsewhere now.
 * @throws where the database isn't there or can't be read.
 */
export function moveOldEmbeddings(
  name: string,
  { backboneSha256, view }: EmbeddingSpace,
  take: (rows: readonly EmbeddingRow[]) => Promise<boolean>,
): Promise<void> {
  return withOldEmbeddings(name, async (database) => {
    const end = [backboneSha256, view, []];
    let range = IDBKeyRange.bound([backboneSha256, view], end);
    for (;;) {
      const { store } = database.transaction('embeddings');
      const [keys, values] = await Promise.all([
        store.getAllKeys(range, ROWS_AT_ONCE),
        store.getAll(range, ROWS_AT_ONCE),
      ]);
      const [first, last] = [keys[0], keys.at(-1)];
      if (!first || !last) return;
      const rows = keys.flatMap(([, , hash], index) => {
        const row = values[index];
        return row && SHA256.test(hash) ? [{ hash, values: row }] : [];
      });
      if (await take(rows)) await database.delete('embeddings', IDBKeyRange.bound(first, last));
      range = IDBKeyRange.bound(last, end, true);
    }
  });
}

/** Hands over the pictures that have a row. @throws where the database isn't there. */
export function listOldEmbeddings(
  name: string,
  take: (hashes: Iterable<Sha256>) => void,
): Promise<void> {
  return withOldEmbeddings(name, async (database) => {
    const keys = await database.getAllKeys('embeddings');
    take(keys.map(([, , hash]) => hash).filter((hash) => SHA256.test(hash)));
  });
}

/** Removes the rows of some pictures. @throws where the database isn't there. */
export function dropOldEmbeddings(name: string, dropped: ReadonlySet<Sha256>): Promise<void> {
  return withOldEmbeddings(name, async (database) => {
    const transaction = database.transaction('embeddings', 'readwrite');
    const keys = await transaction.store.getAllKeys();
    const going = keys.filter(([, , hash]) => dropped.has(hash));
    await Promise.all([...going.map((key) => transaction.store.delete(key)), transaction.done]);
  });
}
