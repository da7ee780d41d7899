import { unwrap, type StoreValue } from 'idb';
import type { Dataset, Sha256 } from '../core/dataset.ts';
import { keysOf, type Database, type Schema, type Transaction } from './database.ts';
import { bytesOf, fromKept, toKept, type KeptBlob } from './kept-blob.ts';
import type { Content, Removable } from './contract.ts';

/** Requests that are under way at a time: fewer tasks than that are never long ones. */
const AT_ONCE = 200;
const KEYS_AT_ONCE = 2000;

/** A content ready to be written within one transaction. */
export interface KeptContent {
  readonly hash: Sha256;
  readonly file: KeptBlob;
  readonly thumbnail: KeptBlob | null;
}

/** @throws where a small file can't be read. */
export function keepContents(contents: readonly Content[]): Promise<readonly KeptContent[]> {
  const byHash = new Map(contents.map((content) => [content.hash, content]));
  return Promise.all(
    [...byHash.values()].map(async ({ hash, file, thumbnail }) => ({
      hash,
      file: await toKept(file),
      thumbnail: thumbnail && (await toKept(thumbnail)),
    })),
  );
}

/**
 * Says that a project needs them, and keeps those that aren't there yet. Nothing is looked up first: what
 * is there refuses to be added once more.
 *
 * @returns bytes that are new to the project.
 */
export async function putContents(
  transaction: Transaction<'readwrite'>,
  projectId: string,
  contents: readonly KeptContent[],
): Promise<number> {
  let added = 0;
  const moved = transaction.objectStore('moved');
  const anyMoved = (await moved.count()) > 0;
  await inTurns(contents, async ({ hash, file, thumbnail }) => {
    const bytes = bytesOf(file);
    const isMoved = anyMoved && (await moved.count(hash)) > 0;
    const [isNew] = await Promise.all([
      addIfNew(transaction, 'uses', { projectId, hash, bytes }),
      isMoved || addIfNew(transaction, 'files', file, hash),
      isMoved || thumbnail === null || addIfNew(transaction, 'thumbnails', thumbnail, hash),
    ]);
    // Not in one line with the wait: others add meanwhile.
    if (isNew) added += bytes;
  });
  return added;
}

/** @returns whether it wasn't there yet. */
async function addIfNew<Name extends 'uses' | 'files' | 'thumbnails'>(
  transaction: Transaction<'readwrite'>,
  name: Name,
  value: StoreValue<Schema, Name>,
  key?: Sha256,
): Promise<boolean> {
  const asked = unwrap(transaction.objectStore(name)).add(value, key);
  return await new Promise((resolve, reject) => {
    asked.onsuccess = () => {
      resolve(true);
    };
    asked.onerror = (event) => {
      if (asked.error?.name !== 'ConstraintError') {
        reject(asked.error ?? new Error('a request failed'));
        return;
      }
      // Else it would end the transaction.
      event.preventDefault();
      event.stopPropagation();
      resolve(false);
    };
  });
}

/** Says that a project no longer needs them. @returns bytes that it needs no longer. */
export async function releaseContents(
  transaction: Transaction<'readwrite'>,
  projectId: string,
  hashes: Iterable<Sha256>,
): Promise<number> {
  let released = 0;
  const uses = transaction.objectStore('uses');
  const gone: Sha256[] = [];
  await inTurns([...hashes], async (hash) => {
    const use = await uses.get([projectId, hash]);
    if (!use) return;
    released += use.bytes;
    gone.push(hash);
    await uses.delete([projectId, hash]);
  });
  await collect(transaction, gone);
  return released;
}

/** The contents that any project needs, read in parts: there may be many. */
export async function readNeeded(database: Database): Promise<ReadonlySet<Sha256>> {
  const needed = new Set<Sha256>();
  const { store } = database.transaction('uses');
  let range: IDBKeyRange | undefined;
  for (;;) {
    const keys = await store.getAllKeys(range, KEYS_AT_ONCE);
    for (const [, hash] of keys) needed.add(hash);
    const last = keys.at(-1);
    if (last === undefined) return needed;
    range = IDBKeyRange.lowerBound(last, true);
  }
}

/** Of all that is kept for a project. */
export async function countBytes(
  transaction: Transaction<'readwrite'>,
  projectId: string,
): Promise<number> {
  const uses = transaction.objectStore('uses');
  let bytes = 0;
  await inTurns(await uses.getAllKeys(keysOf(projectId)), async (key) => {
    const use = await uses.get(key);
    // Not in one line with the wait: others add meanwhile.
    bytes += use?.bytes ?? 0;
  });
  return bytes;
}

/** What is kept for a project beyond what a dataset needs. */
export async function readRemovable(
  database: Database,
  projectId: string,
  { samples }: Dataset,
): Promise<Removable> {
  const needed = new Set(samples.map(({ hash }) => hash));
  const { store } = database.transaction('uses');
  const used = await store.getAllKeys(keysOf(projectId));
  const more = used.filter(([, hash]) => !needed.has(hash));
  let bytes = 0;
  await inTurns(more, async (key) => {
    const users = await store.index('hash').count(key[1]);
    const use = users === 1 ? await store.get(key) : undefined;
    bytes += use?.bytes ?? 0;
  });
  return { pictures: more.length, bytes };
}

/** Removes those of the contents that no project needs. */
export async function collect(
  transaction: Transaction<'readwrite'>,
  hashes: readonly Sha256[],
): Promise<void> {
  const byUse = transaction.objectStore('uses').index('hash');
  const moved = transaction.objectStore('moved');
  const anyMoved = (await moved.count()) > 0;
  await inTurns(hashes, async (hash) => {
    if ((await byUse.count(hash)) > 0) return;
    const key = anyMoved ? ((await moved.get(hash)) ?? hash) : hash;
    await Promise.all([
      transaction.objectStore('files').delete(key),
      transaction.objectStore('thumbnails').delete(key),
      ...(key === hash ? [] : [moved.delete(hash)]),
    ]);
  });
}

/** @returns null where there is none. @throws where the database can't be read. */
export async function readContent(
  database: Database,
  from: 'files' | 'thumbnails',
  hash: Sha256,
): Promise<Blob | null> {
  let kept = await database.get(from, hash);
  if (kept === undefined) {
    const key = await database.get('moved', hash);
    if (key !== undefined) kept = await database.get(from, key);
  }
  return kept === undefined ? null : fromKept(kept);
}

/** Some at a time, so that thousands of requests don't hold the page. */
export async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(work));
}
