import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { SavedClassifier, Store } from './contract.ts';
import { openIndexedDbStore } from './indexeddb-store.ts';
import { MOST_INLINE_BYTES } from './kept-blob.ts';
import { openDatabase, type Database } from './schema.ts';
import { makeFile, makeSample } from './testing/pictures.ts';

const classes: readonly ClassLabel[] = [
  { id: 'c1', label: 'hat' },
  { id: 'c2', label: 'shoes' },
];

const hostileLabels = [
  '__proto__',
  'constructor',
  '<img src=x onerror=alert(1)>',
  '../../x',
  '🎩',
  'קובע',
  'x'.repeat(500),
  '',
];

let name = '';
let connections: Database[] = [];

async function open(): Promise<Store> {
  const opened = await openIndexedDbStore(name, async (database, onClosed) => {
    const connection = await openDatabase(database, onClosed);
    connections.push(connection);
    return connection;
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  return opened.value;
}

async function load(store: Store) {
  const loaded = await store.load();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  return loaded.value;
}

beforeEach(() => {
  name = `test-${crypto.randomUUID()}`;
  connections = [];
});

afterEach(async () => {
  for (const connection of connections) connection.close();
  await deleteDB(name);
});

describe('what was kept is there after opening again', () => {
  test('nothing at first', async () => {
    expect(await load(await open())).toEqual({
      name: '',
      classes: [],
      options: null,
      samples: [],
      classifier: null,
    });
  });

  test('project, classes, samples, files, thumbnails', async () => {
    const first = await open();
    const late = makeSample({ addedAtMillis: 20 });
    const early = makeSample({ addedAtMillis: 10, state: 'arriving', hash: null });
    await first.saveProject({
      name: 'My <b>hats</b>',
      classes: [],
      options: DEFAULT_PROJECT_OPTIONS,
    });
    await first.addSamples(classes, [
      { sample: late, file: makeFile('late', 'ä.png') },
      { sample: early, file: makeFile('early') },
    ]);
    await first.updateSamples([{ sample: late, thumbnail: makeFile('small') }]);

    const again = await open();
    const project = await load(again);
    expect(project.name).toBe('My <b>hats</b>');
    expect(project.classes).toEqual(classes);
    expect(project.options).toEqual(DEFAULT_PROJECT_OPTIONS);
    expect(project.samples).toEqual([early, late]);
    expect(await (await again.readFile(late.id))?.text()).toBe('late');
    expect(await (await again.readThumbnail(late.id))?.text()).toBe('small');
    expect(await again.readThumbnail(early.id)).toBeNull();
  });

  test('pictures of any size, as they were, with their type', async () => {
    const store = await open();
    for (const size of [1, MOST_INLINE_BYTES, MOST_INLINE_BYTES + 1]) {
      const bytes = new Uint8Array(size).map((_, index) => index % 251);
      const sample = makeSample();
      const file = new File([bytes], 'a.jpg', { type: 'image/jpeg' });
      await store.addSamples(classes, [{ sample, file }]);
      const found = await (await open()).readFile(sample.id);
      expect(found?.type).toBe('image/jpeg');
      const read = new Uint8Array((await found?.arrayBuffer()) ?? []);
      expect(read.length).toBe(size);
      expect(read.every((value, index) => value === bytes[index])).toBe(true);
    }
  });

  test('pictures that an earlier version kept', async () => {
    await open();
    const connection = await openDatabase(name, () => undefined);
    connections.push(connection);
    await connection.put('files', makeFile('of old'), 'old');
    expect(await (await (await open()).readFile('old'))?.text()).toBe('of old');
  });

  test('a classifier, bit by bit', async () => {
    const classifier = {
      head: {
        embeddingLength: 2,
        classIds: ['c1', 'c2'],
        layers: [
          {
            units: 2,
            kernel: new Float32Array([0.1, 2, 3, 4]),
            bias: new Float32Array([1, -1]),
            activation: 'softmax',
          },
        ],
      },
      judged: [{ sampleId: 's', actual: 0, predicted: 1, confidence: 0.5 }],
    } as unknown as SavedClassifier;
    await (await open()).saveClassifier(classifier);
    const again = await open();
    expect((await load(again)).classifier).toEqual(classifier);
    await again.saveClassifier(null);
    expect((await load(await open())).classifier).toBeNull();
  });

  test('more samples than one read brings', async () => {
    const store = await open();
    const samples = Array.from({ length: 1203 }, () => ({
      sample: makeSample(),
      file: makeFile('x'),
    }));
    await store.addSamples(classes, samples);
    expect((await load(store)).samples).toEqual(samples.map(({ sample }) => sample));
  });

  test.each(hostileLabels)('a label is only ever a value: %j', async (label) => {
    const store = await open();
    const sample = makeSample({ name: label });
    await store.addSamples([{ id: 'c1', label }], [{ sample, file: makeFile('x', label) }]);
    const project = await load(await open());
    expect(project.classes).toEqual([{ id: 'c1', label }]);
    expect(project.samples).toEqual([sample]);
    expect(({} as Record<string, unknown>)['id']).toBeUndefined();
  });
});

describe('a backbone that came from files', () => {
  test('comes back as files with their names', async () => {
    const files = [makeFile('{}', 'model.json'), makeFile('weights', 'group1-shard1of1.bin')];
    await (await open()).saveBackbone({ id: 'own-1', files, inputRange: [-1, 1] });
    const again = await open();
    const found = await again.readBackbone('own-1');
    expect(found?.inputRange).toEqual([-1, 1]);
    expect(found?.files.map(({ name }) => name)).toEqual(['model.json', 'group1-shard1of1.bin']);
    expect(await found?.files[1]?.text()).toBe('weights');
    expect(await again.readBackbone('own-2')).toBeNull();
  });
});

describe('removing', () => {
  test('takes file and thumbnail along, and a file in hand stays readable', async () => {
    const store = await open();
    const sample = makeSample();
    await store.addSamples(classes, [
      { sample, file: makeFile('bytes'), thumbnail: makeFile('small') },
    ]);
    const file = await store.readFile(sample.id);
    await store.removeSamples([sample.id]);
    expect(await store.readFile(sample.id)).toBeNull();
    expect(await store.readThumbnail(sample.id)).toBeNull();
    expect((await load(store)).samples).toEqual([]);
    // This is what undoing a removal stands on.
    expect(await file?.text()).toBe('bytes');
  });

  test('clear leaves nothing', async () => {
    const store = await open();
    await store.saveProject({ name: 'x', classes, options: DEFAULT_PROJECT_OPTIONS });
    await store.addSamples(classes, [{ sample: makeSample(), file: makeFile('x') }]);
    await store.clear();
    expect(await load(store)).toEqual({
      name: '',
      classes: [],
      options: null,
      samples: [],
      classifier: null,
    });
  });
});

describe('a disk that refuses', () => {
  test('a full disk is said, and the transaction leaves nothing half done', async () => {
    const store = await open();
    const kept = makeSample();
    await store.addSamples(classes, [{ sample: kept, file: makeFile('x') }]);
    const full = await openIndexedDbStore(name, async (database, onClosed) => {
      const connection = await openDatabase(database, onClosed);
      connections.push(connection);
      return failingAt(connection, 'files', new DOMException('full', 'QuotaExceededError'));
    });
    if (!full.ok) throw new Error('not opened');
    const outcome = await full.value.addSamples(
      [],
      [{ sample: makeSample(), file: makeFile('y') }],
    );
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'storage-full' } });
    expect(await load(store)).toMatchObject({ classes, samples: [kept] });
  });

  test('a browser without IndexedDB is said', async () => {
    const opened = await openIndexedDbStore(name, () =>
      Promise.reject(new DOMException('private mode', 'SecurityError')),
    );
    expect(opened).toEqual({
      ok: false,
      problem: { code: 'storage-refused', reason: 'private mode' },
    });
  });

  test('a newer version of the app can upgrade, and this one then says that it is refused', async () => {
    const store = await open();
    const newer = await openDB(name, 99);
    const outcome = await store.saveProject({ name: 'x', classes, options: null });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'storage-refused' } });
    newer.close();
  });

  test('a connection that was ended is opened anew', async () => {
    const store = await open();
    await deleteDB(name);
    expect(await store.saveProject({ name: 'x', classes, options: null })).toMatchObject({
      ok: true,
    });
  });
});

/** A database whose `put` into one store throws. */
function failingAt(database: Database, storeName: string, error: Error): Database {
  return new Proxy(database, {
    get(target, property) {
      if (property !== 'transaction') return Reflect.get(target, property) as unknown;
      return (...options: Parameters<Database['transaction']>) => {
        const transaction = target.transaction(...options);
        const objectStore = transaction.objectStore.bind(transaction);
        return Object.assign(transaction, {
          objectStore: (asked: typeof storeName) => {
            if (asked === storeName) throw error;
            return objectStore(asked as 'files');
          },
        });
      };
    },
  });
}
