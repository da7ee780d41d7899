import fc from 'fast-check';
import { deleteDB, openDB, unwrap } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Classifier } from '../core/classifier.ts';
import type { Versioned } from '../core/history.ts';
import { editSeed, madeSample, type EditSeed } from '../core/testing/random-edits.ts';
import { hashesOf } from './content-needs.ts';
import type { Database } from './database.ts';
import { openIndexedDbDisk } from './indexeddb-disk.ts';
import { MOST_INLINE_BYTES, sizeOf } from './kept-blob.ts';
import { openDatabase } from './open-database.ts';
import type { Change, Disk, OpenedProject } from './contract.ts';
import {
  changeOf,
  contentOf,
  editChange,
  EMPTY,
  forgetChange,
  newProject,
  opened,
  stillChange,
} from './testing/made-changes.ts';

let name = '';
let connections: Database[] = [];

/** A disk as another visit of the page would open it. @param through what its connection goes through. */
async function open(through: (database: Database) => Database = (same) => same): Promise<Disk> {
  const disk = await openIndexedDbDisk(name, async (database, onClosed) =>
    through(await connect(database, onClosed)),
  );
  if (!disk.ok) throw new Error(JSON.stringify(disk.problem));
  return disk.value;
}

async function connect(database = name, onClosed = (): void => undefined): Promise<Database> {
  const connection = await openDatabase(database, onClosed);
  connections.push(connection);
  return connection;
}

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
  connections = [];
});

afterEach(async () => {
  for (const connection of connections) connection.close();
  await deleteDB(name);
});

/** A database in which one kind of write fails while `store` names it. */
function failing(state: { store: string | null; error: () => Error }): (d: Database) => Database {
  return (database) =>
    new Proxy(database, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (property !== 'transaction')
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        return (...options: Parameters<Database['transaction']>) => {
          const transaction = target.transaction(...options);
          // The browser's own: what is given back goes through the library once, as always.
          const bare = unwrap(transaction);
          const objectStore = bare.objectStore.bind(bare);
          if (options[1] !== 'readwrite') return transaction;
          return Object.assign(transaction, {
            objectStore: (asked: 'projects') => {
              if (asked === state.store) throw state.error();
              return objectStore(asked);
            },
          });
        };
      },
    });
}

/** Exactly what the projects need is there, and who needs it is written down. */
async function checkContents(projects: ReadonlyMap<string, Versioned>): Promise<void> {
  const database = await connect();
  const needed = new Set<string>();
  const uses: string[] = [];
  for (const [id, versioned] of projects)
    for (const hash of hashesOf(versioned)) {
      needed.add(hash);
      uses.push(`${id} ${hash}`);
    }
  expect(await database.getAllKeys('files')).toEqual([...needed].sort());
  expect(await database.getAllKeys('thumbnails')).toEqual([...needed].sort());
  const kept = await database.getAllKeys('uses');
  expect(kept.map(([id, hash]) => `${id} ${hash}`)).toEqual(uses.sort());
  database.close();
}

describe('against a model', () => {
  const act = fc.record({
    kind: fc.constantFrom<('edit' | 'undo' | 'redo' | 'forget')[]>(
      ...Array.from({ length: 12 }, () => 'edit' as const),
      ...Array.from({ length: 6 }, () => 'undo' as const),
      'redo',
      'redo',
      'forget',
    ),
    seed: editSeed,
    then: fc.constantFrom('commit', 'wait', 'tear', 'reopen'),
    tearAt: fc.constantFrom('projects', 'steps', 'uses', 'files', 'chunks'),
  });

  async function walk(
    acts: readonly {
      kind: 'edit' | 'undo' | 'redo' | 'forget';
      seed: EditSeed;
      then: string;
      tearAt: string;
    }[],
  ) {
    const state: { store: string | null; error: () => Error } = {
      store: null,
      error: () => new DOMException('full', 'QuotaExceededError'),
    };
    const id = crypto.randomUUID();
    let disk = await open(failing(state));
    let now = EMPTY;
    let kept = EMPTY;
    let waiting: Change[] = [];
    const commit = async (): Promise<void> => {
      const outcome = await disk.commit(waiting);
      if (!outcome.ok) expect(outcome.problem.code).toBe('storage-full');
      else [kept, waiting] = [now, []];
    };
    const reopen = async (): Promise<void> => {
      disk = await open(failing(state));
      const project = await opened(disk, id);
      expect(project.damage).toBeNull();
      const { pictures, mosaic } = project.summary;
      expect(pictures).toBe(kept.dataset.samples.length);
      expect(mosaic.length).toBe(Math.min(9, pictures));
      if (waiting.some(({ step }) => step?.kind === 'forget')) await expectLetGo(disk, project);
      else {
        expect(project.versioned).toEqual(kept);
        await checkContents(new Map([[id, kept]]));
      }
    };
    /** Some of the history went before the rest was refused: what is left can be undone. */
    const expectLetGo = async (from: Disk, { versioned }: OpenedProject): Promise<void> => {
      expect(versioned.dataset).toEqual(kept.dataset);
      const { done, undone } = versioned.history;
      expect(kept.history.done.slice(kept.history.done.length - done.length)).toEqual(done);
      expect(kept.history.undone.slice(kept.history.undone.length - undone.length)).toEqual(undone);
      for (const hash of hashesOf(versioned))
        expect(await (await from.readFile(hash))?.text()).toBe(`file of ${hash}`);
      kept = versioned;
    };
    await disk.create(newProject(id));
    for (const [index, { kind, seed, then, tearAt }] of acts.entries()) {
      const change = changeOf(id, now, kind, seed, 100 + index);
      if (change) {
        waiting.push(change);
        now = change.after;
      }
      if (then === 'wait') continue;
      state.store = then === 'tear' ? tearAt : null;
      await commit();
      state.store = null;
      if (then !== 'commit') await reopen();
    }
    await commit();
    await reopen();
    await disk.purge(id);
    await checkContents(new Map());
    for (const connection of connections.splice(0)) connection.close();
  }

  test('random edits, torn commits and reloads give what was committed, with its history', async () => {
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 40 }), walk), { numRuns: 12 });
  });

  test('so do more edits than can be undone', async () => {
    const acts = fc
      .sample(act, { numRuns: 320, seed: 7 })
      .filter(({ kind }, index) => kind !== 'forget' || index > 250);
    await walk(acts.map((one, index) => (index % 20 ? { ...one, then: 'commit' } : one)));
  });
});

describe('what was kept is there after opening again', () => {
  test('nothing at first, and no project that was never made', async () => {
    const disk = await open();
    expect(await disk.projects()).toEqual({ ok: true, value: [] });
    expect(await disk.open('none')).toEqual({ ok: false, problem: { code: 'project-missing' } });
    expect(
      await disk.commit([editChange('none', EMPTY, { kind: 'rename-project', name: 'x' })]),
    ).toMatchObject({ ok: true });
  });

  test('a project with a history that came from elsewhere, filled in batches', async () => {
    const disk = await open();
    const samples = Array.from({ length: 700 }, (_, index) => madeSample(index, null, index));
    const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
    const removed = editChange('p', added.after, { kind: 'remove-samples', ids: ['s3'] });
    const whole = removed.after;
    await disk.create(newProject('p', { versioned: whole, deletedAtMillis: 5 }));
    for (let from = 0; from < samples.length; from += 64) {
      const contents = samples.slice(from, from + 64).map(({ hash }) => contentOf(hash));
      await disk.commit([stillChange('p', whole, { contents })]);
    }
    await disk.setDeleted('p', null);
    const again = await open();
    const { summary, versioned } = await opened(again, 'p');
    expect(versioned).toEqual(whole);
    expect(summary).toMatchObject({ pictures: 699, deletedAtMillis: null });
    const bytes = samples.reduce((sum, { hash }) => sum + sizeOf(contentOf(hash).file), 0);
    expect(summary.bytes).toBe(bytes);
    await checkContents(new Map([['p', whole]]));
  });

  test('all that is freed is counted, and all that stays', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    const samples = Array.from({ length: 8 }, (_, index) => madeSample(index, null, index));
    const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
    const ids = samples.slice(3).map(({ id }) => id);
    const removed = editChange('p', added.after, { kind: 'remove-samples', ids });
    await disk.commit([added, removed]);
    const bytesOf = (some: typeof samples) =>
      some.reduce((sum, { hash }) => sum + sizeOf(contentOf(hash).file), 0);
    expect(await disk.removable('p', removed.after.dataset)).toEqual({
      ok: true,
      value: { pictures: 5, bytes: bytesOf(samples.slice(3)) },
    });
    await disk.commit([forgetChange('p', removed.after)]);
    expect(await disk.projects()).toMatchObject({
      value: [{ id: 'p', bytes: bytesOf(samples.slice(0, 3)) }],
    });
  });

  test('what letting the history go frees is told before, and free after; what others need stays', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    const samples = Array.from({ length: 5 }, (_, index) => madeSample(index, null, index));
    const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
    const first = editChange('p', added.after, { kind: 'remove-samples', ids: ['s0'] });
    await disk.commit([added, first]);
    await disk.duplicate('p', { id: 'q', name: 'copy', atMillis: 2 });
    const [, shared] = samples;
    const named = (await opened(disk, 'q')).versioned;
    await disk.commit([forgetChange('q', named)]);
    const ids = ['s1', 's2', 's3'];
    const removed = editChange('p', first.after, { kind: 'remove-samples', ids });
    await disk.commit([removed]);
    const { dataset } = removed.after;
    const own = sizeOf(contentOf(madeSample(0, null, 0).hash).file);
    // The copy has the three that were removed here only.
    expect(await disk.removable('p', dataset)).toEqual({
      ok: true,
      value: { pictures: 4, bytes: own },
    });
    const needed = await disk.neededHashes();
    expect(needed).toEqual({ ok: true, value: new Set(samples.map(({ hash }) => hash)) });
    const forgotten = forgetChange('p', removed.after);
    await disk.commit([forgotten]);
    const again = await open();
    expect((await opened(again, 'p')).versioned).toEqual(forgotten.after);
    expect(await again.removable('p', dataset)).toEqual({
      ok: true,
      value: { pictures: 0, bytes: 0 },
    });
    expect(await again.projects()).toMatchObject({ value: [{ id: 'p', bytes: own }, { id: 'q' }] });
    expect(await again.readFile(samples[0]?.hash ?? '')).toBeNull();
    expect(await again.readFile(shared?.hash ?? '')).not.toBeNull();
    expect((await again.neededHashes()).ok).toBe(true);
    await checkContents(
      new Map([
        ['p', forgotten.after],
        ['q', (await opened(again, 'q')).versioned],
      ]),
    );
  });

  test('the history is let go before it can be written so: a full disk takes deletions only', async () => {
    const state = {
      store: null as string | null,
      error: () => new DOMException('full', 'QuotaExceededError'),
    };
    const disk = await open(failing(state));
    await disk.create(newProject('p'));
    const samples = [1, 2, 3].map((index) => madeSample(index, null, index));
    const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
    const removed = editChange('p', added.after, { kind: 'remove-samples', ids: ['s1'] });
    const named = editChange('p', removed.after, { kind: 'rename-project', name: 'x' });
    await disk.commit([added, removed, named]);
    const forgotten = forgetChange('p', named.after);
    state.store = 'snapshots';
    expect(await disk.commit([forgotten])).toMatchObject({ problem: { code: 'storage-full' } });
    const [gone = '', ...left] = samples.map(({ hash }) => hash);
    expect(await disk.readFile(gone)).toBeNull();
    // As it was, but for what can't be brought back.
    const between = await opened(await open(), 'p');
    expect(between.damage).toBeNull();
    expect(between.versioned.dataset).toEqual(named.after.dataset);
    expect(between.versioned.history).toEqual({
      done: named.after.history.done.slice(2),
      undone: [],
    });
    const edited = editChange('p', between.versioned, { kind: 'rename-project', name: 'y' });
    const another = await open();
    await another.commit([edited]);
    expect((await opened(await open(), 'p')).versioned).toEqual(edited.after);
    for (const hash of left) expect(await another.readFile(hash)).not.toBeNull();
    await checkContents(new Map([['p', edited.after]]));
  });

  test('pictures of any size, as they were, with their type', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    for (const size of [1, MOST_INLINE_BYTES, MOST_INLINE_BYTES + 1]) {
      const bytes = new Uint8Array(size).map((_, index) => index % 251);
      const hash = madeSample(size, null, 1).hash;
      const file = new File([bytes], 'a.jpg', { type: 'image/jpeg' });
      const contents = [{ hash, file, thumbnail: new Blob(['t']) }];
      await disk.commit([stillChange('p', EMPTY, { contents })]);
      const found = await (await open()).readFile(hash);
      expect(found?.type).toBe('image/jpeg');
      expect(new Uint8Array((await found?.arrayBuffer()) ?? [])).toEqual(bytes);
      expect(await (await disk.readThumbnail(hash))?.text()).toBe('t');
    }
  });

  test('a classifier, bit by bit, and how good it is', async () => {
    const classifier = {
      head: {
        embeddingLength: 2,
        classIds: ['c1'],
        layers: [{ units: 1, kernel: new Float32Array([0.1, 2]), bias: new Float32Array([1]) }],
      },
      validation: { accuracy: 0.75 },
      test: null,
    } as unknown as Classifier;
    const disk = await open();
    await disk.create(newProject('p'));
    await disk.commit([stillChange('p', EMPTY, { classifier })]);
    await disk.commit([editChange('p', EMPTY, { kind: 'rename-project', name: 'x' })]);
    const again = await open();
    expect((await opened(again, 'p')).classifier).toEqual(classifier);
    expect(await again.projects()).toMatchObject({ value: [{ name: 'x', accuracy: 0.75 }] });
    await disk.commit([
      stillChange('p', (await opened(disk, 'p')).versioned, { classifier: null }),
    ]);
    expect((await opened(again, 'p')).classifier).toBeNull();
    expect(await again.projects()).toMatchObject({ value: [{ accuracy: null }] });
  });

  test('a backbone that came from files, with their names', async () => {
    const files = [new File(['{}'], 'model.json'), new File(['weights'], 'group1-shard1of1.bin')];
    await (await open()).saveBackbone({ id: 'own-1', files, inputRange: [-1, 1] });
    const again = await open();
    const found = await again.readBackbone('own-1');
    expect(found?.inputRange).toEqual([-1, 1]);
    expect(found?.files.map((file) => file.name)).toEqual(['model.json', 'group1-shard1of1.bin']);
    expect(await found?.files[1]?.text()).toBe('weights');
    expect(await again.readBackbone('own-2')).toBeNull();
  });

  test.each(['__proto__', '<img src=x onerror=alert(1)>', '../../x', '🎩', 'קובע', '', '\u0000'])(
    'what a person wrote is only ever a value: %j',
    async (text) => {
      const disk = await open();
      await disk.create(newProject('p'));
      const classes = [{ id: 'c1', label: text, index: 0 }];
      const labelled = editChange('p', EMPTY, { kind: 'add-classes', classes });
      const origin = { kind: 'files' as const, batch: 'b', path: text, modifiedAtMillis: 1 };
      const samples = [{ ...madeSample(1, 'c1', 1), name: text, origin }];
      const added = editChange('p', labelled.after, { kind: 'add-samples', samples });
      await disk.commit([labelled, added]);
      expect((await opened(await open(), 'p')).versioned).toEqual(added.after);
    },
  );
});

describe('several projects', () => {
  const samples = [madeSample(1, null, 1), madeSample(2, null, 2)];
  const added = editChange('p', EMPTY, { kind: 'add-samples', samples });

  test('share contents, which stay as long as one needs them', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    await disk.create(newProject('q'));
    await disk.commit([added]);
    const own = editChange('q', EMPTY, { kind: 'add-samples', samples: samples.slice(0, 1) });
    await disk.commit([own]);
    await disk.purge('p');
    await checkContents(new Map([['q', own.after]]));
    const hash = samples[0]?.hash ?? '';
    expect(await (await disk.readFile(hash))?.text()).toBe(`file of ${hash}`);
    const file = await disk.readFile(hash);
    await disk.purge('q');
    await checkContents(new Map());
    expect(await file?.text()).toBe(`file of ${hash}`);
  });

  test('are copied with their history and contents, under another name', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    await disk.commit([added]);
    expect(await disk.duplicate('p', { id: 'q', name: 'copy', atMillis: 9e15 })).toMatchObject({
      ok: true,
    });
    expect(await disk.projects()).toMatchObject({
      value: [
        { id: 'q', name: 'copy', pictures: 2, deletedAtMillis: null },
        { id: 'p', name: '' },
      ],
    });
    const copy = (await opened(await open(), 'q')).versioned;
    expect(copy.dataset).toEqual({ ...added.after.dataset, name: 'copy' });
    expect(copy.history.done.slice(0, 1)).toEqual(added.after.history.done);
    await disk.purge('p');
    await checkContents(new Map([['q', copy]]));
    expect(await disk.duplicate('p', { id: 'r', name: '', atMillis: 1 })).toMatchObject({
      problem: { code: 'project-missing' },
    });
  });

  test('are deleted, brought back, and told with the one that changed last first', async () => {
    const disk = await open();
    for (const [index, id] of ['p', 'q'].entries())
      await disk.create(newProject(id, { createdAtMillis: index }));
    await disk.setDeleted('q', 7);
    expect(await disk.projects()).toMatchObject({
      value: [
        { id: 'q', deletedAtMillis: 7 },
        { id: 'p', deletedAtMillis: null },
      ],
    });
    await disk.setDeleted('q', null);
    expect((await opened(disk, 'q')).summary.deletedAtMillis).toBeNull();
  });
});

describe('a disk that refuses', () => {
  const rename = (before: Versioned, text: string) =>
    editChange('p', before, { kind: 'rename-project', name: text });

  test('a commit on what another tab has changed writes nothing', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    const other = await open();
    await opened(other, 'p');
    const theirs = rename(EMPTY, 'theirs');
    await other.commit([theirs]);
    expect(await disk.commit([rename(EMPTY, 'ours')])).toMatchObject({
      problem: { code: 'storage-refused' },
    });
    expect((await opened(await open(), 'p')).versioned).toEqual(theirs.after);
  });

  test('a browser without IndexedDB is said', async () => {
    const refused = await openIndexedDbDisk(name, () =>
      Promise.reject(new DOMException('private mode', 'SecurityError')),
    );
    const problem = { code: 'storage-refused', reason: 'private mode' };
    expect(refused).toEqual({ ok: false, problem });
  });

  test('a newer version of the app can upgrade, and this one then says that it is refused', async () => {
    const disk = await open();
    await disk.create(newProject('p'));
    const newer = await openDB(name, 99);
    expect(await disk.commit([rename(EMPTY, 'x')])).toMatchObject({
      problem: { code: 'storage-refused' },
    });
    newer.close();
  });

  test('a tab that keeps an older version open is said, not waited for', async () => {
    const older = await openDB(name, 2);
    await expect(openDatabase(name, () => undefined, 20)).rejects.toThrow('older version');
    older.close();
  });

  test('a connection that was ended is opened anew', async () => {
    const disk = await open();
    await deleteDB(name);
    expect(await disk.create(newProject('p'))).toMatchObject({ ok: true });
  });
});

describe('a damaged project', () => {
  async function damage(work: (database: Database) => Promise<unknown>): Promise<Disk> {
    const disk = await open();
    const samples = Array.from({ length: 700 }, (_, index) => madeSample(index, null, index));
    await disk.create(
      newProject('p', { versioned: { ...EMPTY, dataset: { ...EMPTY.dataset, samples } } }),
    );
    const marks = [
      { id: 's1', purpose: 'judge' as const },
      { id: 's699', purpose: 'judge' as const },
    ];
    const { versioned } = await opened(disk, 'p');
    await disk.commit([editChange('p', versioned, { kind: 'mark-samples', marks })]);
    await work(await connect());
    return open();
  }

  test('without a chunk shows the rest, says so, and goes on from there', async () => {
    const disk = await damage((database) => database.delete('chunks', ['p', 0]));
    const { versioned, damage: said } = await opened(disk, 'p');
    expect(said).toEqual({ code: 'project-damaged', pictures: 300 });
    expect(versioned.dataset.samples.map(({ id }) => id)).toEqual(
      Array.from({ length: 400 }, (_, index) => `s${String(300 + index)}`),
    );
    const change = editChange('p', versioned, { kind: 'rename-project', name: 'x' });
    await disk.commit([change]);
    const again = await opened(await open(), 'p');
    expect(again.versioned).toEqual(change.after);
    expect(again.damage).toBeNull();
  });

  test('with a chunk that is not what it should be', async () => {
    const disk = await damage((database) =>
      database.put('chunks', { ids: ['a'] } as never, ['p', 300 / 300]),
    );
    const { versioned, damage: said } = await opened(disk, 'p');
    expect(said).toMatchObject({ code: 'project-damaged', pictures: 300 });
    expect(versioned.dataset.samples).toHaveLength(400);
  });

  test('without a step has its pictures', async () => {
    const disk = await damage((database) => database.delete('steps', ['p', 0]));
    const { versioned, damage: said } = await opened(disk, 'p');
    expect(said).toEqual({ code: 'project-damaged', pictures: 0 });
    expect(versioned.dataset.samples).toHaveLength(700);
    expect(versioned.history.done).toEqual([]);
  });

  test('without its snapshot is not opened as an empty one', async () => {
    const disk = await damage((database) => database.delete('snapshots', 'p'));
    expect(await disk.open('p')).toMatchObject({ problem: { code: 'storage-refused' } });
  });
});
