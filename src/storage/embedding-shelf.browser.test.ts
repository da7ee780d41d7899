import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pooledSpace, spaceKey, type EmbeddingShelf } from '../core/embedding.ts';
import { openEmbeddingShelf } from './embedding-shelf.ts';
import { listRecords, openShelfDatabase, ROWS_A_RECORD } from './shelf-records.ts';

const SPACE = pooledSpace('b'.repeat(64), 'centre');
const OTHER = pooledSpace('b'.repeat(64), 'pad');
const LENGTH = 3;

let name = '';
let oldName = '';

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
  oldName = `${name}-old`;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all([deleteDB(name), deleteDB(oldName)]);
});

const open = () => openEmbeddingShelf(name, oldName);
const hashOf = (index: number) => index.toString(16).padStart(64, '0');
const valuesOf = (index: number) => Float32Array.of(index, index / 2, -index);

/** Views into one large piece of memory, as the engine's store has them. */
function addTo(shelf: EmbeddingShelf, from: number, to: number, space = SPACE): void {
  const memory = new Float32Array((to - from) * LENGTH);
  for (let index = from; index < to; index++) {
    const start = (index - from) * LENGTH;
    memory.set(valuesOf(index), start);
    const values = memory.subarray(start, start + LENGTH);
    shelf.add(space, { hash: hashOf(index), values });
  }
}

/** Of the rows that are asked for, those that it has. @returns their numbers, in order. */
async function find(shelf: EmbeddingShelf, from: number, to: number, space = SPACE) {
  const wanted = Array.from({ length: to - from }, (_, index) => hashOf(from + index));
  const found: number[] = [];
  await shelf.read(space, new Set(wanted), ({ hash, values }) => {
    const index = parseInt(hash, 16);
    expect([...values]).toEqual([...valuesOf(index)]);
    found.push(index);
  });
  return found.sort((a, b) => a - b);
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** How many rows each record on the disk has. */
async function recordSizes(space = SPACE): Promise<number[]> {
  const database = await openShelfDatabase(name, () => undefined);
  const records = await listRecords(database, spaceKey(space));
  database.close();
  return records.map(({ hashes }) => hashes.length).sort((a, b) => b - a);
}

describe('what was added is there after opening again', () => {
  test('all of it, and nothing of another space', async () => {
    const first = open();
    addTo(first, 0, 600);
    addTo(first, 0, 5, OTHER);
    await first.flush();
    const again = open();
    expect(await find(again, 0, 700)).toEqual(range(0, 600));
    expect(await find(again, 0, 700, OTHER)).toEqual(range(0, 5));
    expect(await find(again, 300, 302)).toEqual([300, 301]);
  });

  test('in few records: a small one is filled up before there is another, on later visits too', async () => {
    for (let visit = 0; visit < 6; visit++) {
      const shelf = open();
      addTo(shelf, visit * 100, (visit + 1) * 100);
      await shelf.flush();
    }
    expect(await recordSizes()).toEqual([ROWS_A_RECORD, ROWS_A_RECORD, 600 - 2 * ROWS_A_RECORD]);
    expect(await find(open(), 0, 600)).toEqual(range(0, 600));
  });

  test('what two tabs add at once', async () => {
    const [one, other] = [open(), open()];
    addTo(one, 0, 50);
    addTo(other, 50, 100);
    await Promise.all([one.flush(), other.flush()]);
    addTo(one, 100, 150);
    addTo(other, 150, 200);
    await Promise.all([one.flush(), other.flush()]);
    expect(await find(open(), 0, 200)).toEqual(range(0, 200));
  });

  test('soon, without being asked', async () => {
    const shelf = open();
    addTo(shelf, 0, 3);
    await expect.poll(() => find(open(), 0, 3), { timeout: 5000 }).toEqual([0, 1, 2]);
  });

  test('once, though it is added again', async () => {
    const shelf = open();
    addTo(shelf, 0, 10);
    await shelf.flush();
    addTo(shelf, 5, 15);
    await shelf.flush();
    expect(await recordSizes()).toEqual([15]);
  });
});

describe('what is forgotten', () => {
  test('is gone from memory, disk and the old database; the rest stays', async () => {
    await keepOld([1, 2, 900]);
    const shelf = open();
    addTo(shelf, 0, 300);
    addTo(shelf, 0, 5, OTHER);
    await shelf.flush();
    addTo(shelf, 300, 310);
    const all = await shelf.hashes();
    expect(all).toEqual(new Set([...range(0, 310), 900].map(hashOf)));
    const keep = new Set([...range(100, 120), 305, 900].map(hashOf));
    await shelf.drop(new Set([...all].filter((hash) => !keep.has(hash))));
    await shelf.flush();
    expect(await shelf.hashes()).toEqual(keep);
    expect(await recordSizes(OTHER)).toEqual([]);
    for (const each of [shelf, open()])
      expect(await find(each, 0, 1000)).toEqual([...range(100, 120), 305, 900]);
  });

  test('leaves a shelf that takes more', async () => {
    const shelf = open();
    addTo(shelf, 0, 100);
    await shelf.flush();
    await shelf.drop(await shelf.hashes());
    expect(await recordSizes()).toEqual([]);
    addTo(shelf, 0, 100);
    await shelf.flush();
    expect(await find(open(), 0, 200)).toEqual(range(0, 100));
  });

  test('in one tab leaves what another adds meanwhile, and that tab can add it anew', async () => {
    const [one, other] = [open(), open()];
    addTo(other, 0, 300);
    await other.flush();
    addTo(other, 300, 400);
    await Promise.all([one.drop(new Set(range(200, 300).map(hashOf))), other.flush()]);
    for (const each of [one, other, open()])
      expect(await find(each, 0, 500)).toEqual([...range(0, 200), ...range(300, 400)]);
    addTo(other, 200, 210);
    await other.flush();
    expect(await find(open(), 0, 300)).toEqual(range(0, 210));
  });
});

/** The database of the version before, as far as embeddings go. */
function openOld() {
  return openDB(oldName, 2, {
    upgrade: (database) => {
      if (!database.objectStoreNames.contains('embeddings'))
        database.createObjectStore('embeddings');
    },
  });
}

/** As the version before kept them: one by one, in the project's database. */
async function keepOld(indices: readonly number[], space = SPACE): Promise<void> {
  const database = await openOld();
  const transaction = database.transaction('embeddings', 'readwrite');
  for (const index of indices) {
    const key = [space.backboneSha256, space.view, hashOf(index)] as const;
    void transaction.store.put(valuesOf(index), [...key]);
  }
  await transaction.done;
  database.close();
}

async function countOld(): Promise<number> {
  const database = await openOld();
  const count = await database.count('embeddings');
  database.close();
  return count;
}

describe('embeddings of the version before', () => {
  test('are found, move over, and are kept whether they were asked for or not', async () => {
    await keepOld(range(0, 700));
    await keepOld([5], OTHER);
    const shelf = open();
    addTo(shelf, 600, 650);
    await shelf.flush();
    expect(await find(shelf, 100, 200)).toEqual(range(100, 200));
    expect(await countOld()).toBe(1);
    expect(await find(open(), 0, 800)).toEqual(range(0, 700));
    expect(await find(open(), 0, 10, OTHER)).toEqual([5]);
    expect(await countOld()).toBe(0);
  });

  test('stay where they are while the disk is full, and are found there', async () => {
    await keepOld(range(0, 10));
    refuseWrites();
    expect(await find(open(), 0, 20)).toEqual(range(0, 10));
    vi.restoreAllMocks();
    expect(await countOld()).toBe(10);
  });

  test('where there is no such database, none is made', async () => {
    expect(await find(open(), 0, 5)).toEqual([]);
    expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(oldName);
    // And one that is made meanwhile is whole.
    await Promise.all([find(open(), 0, 5), keepOld([1])]);
    expect(await find(open(), 0, 5)).toEqual([1]);
  });

  test('a database without them is left as it is, and can be upgraded', async () => {
    (await openDB(oldName, 7)).close();
    const shelf = open();
    expect(await find(shelf, 0, 5)).toEqual([]);
    const newer = await openDB(oldName, 8);
    expect(newer.version).toBe(8);
    newer.close();
  });
});

function refuseWrites(): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
}

describe('a disk that refuses', () => {
  test('costs what it refused, and nothing else', async () => {
    const shelf = open();
    addTo(shelf, 0, 10);
    await shelf.flush();
    refuseWrites();
    addTo(shelf, 10, 100);
    await shelf.flush();
    vi.restoreAllMocks();
    addTo(shelf, 100, 110);
    await shelf.flush();
    expect(await find(open(), 0, 200)).toEqual([...range(0, 10), ...range(100, 110)]);
  });

  test('a browser without IndexedDB has nothing and says nothing', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('private mode', 'SecurityError');
    });
    const shelf = open();
    addTo(shelf, 0, 100);
    await shelf.flush();
    expect(await find(shelf, 0, 100)).toEqual([]);
    await shelf.drop(await shelf.hashes());
  });

  test('a database that is deleted under it is begun anew', async () => {
    const shelf = open();
    addTo(shelf, 0, 10);
    await shelf.flush();
    await deleteDB(name);
    expect(await find(shelf, 0, 10)).toEqual([]);
    addTo(shelf, 20, 30);
    await shelf.flush();
    expect(await find(open(), 0, 40)).toEqual(range(20, 30));
  });
});
