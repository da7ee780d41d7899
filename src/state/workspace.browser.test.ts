import { describe, expect, test, vi } from 'vitest';
import { nextTask } from '../core/breathe.ts';
import { MemoryDisk } from '../storage/memory-disk.ts';
import { PendingWrites } from '../storage/pending-writes.ts';
import { openTemporaryStore } from '../storage/temporary-store.ts';
import {
  drop,
  drops,
  makeApp,
  openAgain,
  storeOfSecondTab,
  withTwo,
  type Made,
} from './testing/make-app.ts';
import { KEEP_DELETED_MILLIS } from './workspace.svelte.ts';

function namesOf({ app }: Made): string[] {
  return app.workspace.projects.map(({ name }) => name).toSorted();
}

/** Lets the timers of a test go on until something is done that takes real time too, such as fetching code. */
async function passing<T>(work: Promise<T>): Promise<T> {
  const goesOn = () => Promise.race([work.then(() => false), nextTask().then(() => true)]);
  while (await goesOn()) await vi.advanceTimersByTimeAsync(5);
  return work;
}

describe('which project is open', () => {
  test('a first visit begins one, and the address names it', async () => {
    const { app, address } = await makeApp();
    expect(app.workspace.projects).toMatchObject([{ name: '', pictures: 0 }]);
    expect(address.shown).toEqual([app.workspace.openId]);
    expect(app.history.undoable).toBeNull();
  });

  test('the one that the address names, else the one that was changed last', async () => {
    const { store, hats, shoes } = await withTwo();
    const named = await openAgain(store, hats);
    expect(named.app.project.name).toBe('hats');
    const unnamed = await openAgain(store, null);
    expect(unnamed.app.workspace.openId).toBe(shoes);
  });

  test('an address of a project that isn’t here is said, and another is opened', async () => {
    const { store, shoes } = await withTwo();
    const { app } = await openAgain(store, '<img src=x>');
    expect(app.workspace.openId).toBe(shoes);
    expect(app.notices.list).toMatchObject([{ message: { key: 'project-not-here' } }]);
  });

  test('going back in the browser goes back to the project before', async () => {
    const { app, address, hats, shoes } = await withTwo();
    expect(address.shown).toEqual([hats, shoes]);
    address.move(hats);
    await expect.poll(() => app.project.name).toBe('hats');
    address.move('of nobody');
    await app.workspace.refresh();
    expect(app.project.name).toBe('hats');
  });
});

describe('each project', () => {
  test('has pictures, options, history and a classifier of its own', async () => {
    const made = await withTwo();
    const { app, engine, hats, shoes } = made;
    app.project.setOptions({ crop: 'pad' });
    await app.training.train();
    expect(app.training.labels).toEqual(['boot', 'sandal']);
    await app.workspace.open(hats);
    expect(app.project.samples).toHaveLength(10);
    expect(app.project.options.crop).toBe('centre');
    expect(app.training.classifier).toBeNull();
    expect(engine.head).toBeNull();
    expect(app.history.undoable).toEqual({ kind: 'add-pictures', count: 10 });
    await app.training.train();
    expect(app.training.labels).toEqual(['cap', 'hat']);
    await app.workspace.open(shoes);
    expect(app.training.labels).toEqual(['boot', 'sandal']);
    expect(app.training.usable).toBe(true);
    expect(app.training.outdated).toBe(false);
    expect(engine.head?.classIds).toEqual(app.project.classes.map(({ id }) => id));
  });

  test('asks for a backbone of its own', async () => {
    const { app, hats, shoes } = await withTwo();
    await app.engine.chooseBackbone('mobilenet_v2_0.50_224');
    await app.workspace.open(hats);
    await expect.poll(() => app.engine.backbone?.id).toBe('mobilenet_v2_1.0_224');
    await app.workspace.open(shoes);
    await expect.poll(() => app.engine.backbone?.id).toBe('mobilenet_v2_0.50_224');
    expect(app.project.options.backboneId).toBe('mobilenet_v2_0.50_224');
  });

  test('is left by what was being dropped into it', async () => {
    const { app, engine, hats } = await withTwo();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const adding = app.arrival.addFiles(drops(['tie'], 50));
    await expect.poll(() => app.arrival.total).toBe(50);
    const switching = app.workspace.open(hats);
    open();
    await Promise.all([adding, switching]);
    expect(app.project.name).toBe('hats');
    expect(app.project.samples).toHaveLength(10);
    expect(app.arrival.running).toBe(false);
  });

  test('shows in the list what it is', async () => {
    const made = await withTwo();
    await made.app.training.train();
    await made.app.workspace.refresh();
    expect(made.app.workspace.projects).toMatchObject([
      { name: 'shoes', pictures: 6, classes: 2, accuracy: 1 },
      { name: 'hats', pictures: 10, classes: 2, accuracy: null },
    ]);
    const [hash = ''] = made.app.workspace.projects[1]?.mosaic ?? [];
    expect(await (await made.app.workspace.readThumbnail(hash))?.text()).toMatch(/^small /u);
  });
});

describe('projects are', () => {
  test('renamed, open or not', async () => {
    const made = await withTwo();
    const { app, hats, shoes } = made;
    await app.workspace.rename(hats, '  Caps & hats ');
    await app.workspace.rename(shoes, '');
    expect(namesOf(made)).toEqual(['', 'Caps & hats']);
    expect(app.project.name).toBe('');
    await app.workspace.open(hats);
    expect(app.project.name).toBe('Caps & hats');
    expect(app.history.undoable).toEqual({ kind: 'rename-project' });
  });

  test('left as they are by a rename, and by a delete, where another tab has them', async () => {
    const disk = new MemoryDisk();
    const { hats, shoes } = await withTwo(new PendingWrites(disk));
    const made = await openAgain(storeOfSecondTab(disk), shoes);
    const { app } = made;
    await app.workspace.rename(hats, 'caps');
    expect(app.notices.list[0]).toMatchObject({ problem: { code: 'project-in-use' } });
    await app.workspace.remove(shoes);
    expect(app.notices.list[0]).toMatchObject({ problem: { code: 'project-in-use' } });
    expect(namesOf(made)).toEqual(['hats', 'shoes']);
  });

  test('duplicated with everything; what is done with the copy stays there', async () => {
    const made = await withTwo();
    const { app, hats } = made;
    await app.workspace.duplicate(hats);
    expect(namesOf(made)).toEqual(['Copy of hats', 'hats', 'shoes']);
    const copy = app.workspace.projects.find(({ name }) => name === 'Copy of hats');
    await app.workspace.open(copy?.id ?? '');
    expect(app.project.samples).toHaveLength(10);
    app.project.removeSamples(app.project.samples.map(({ id }) => id));
    await app.workspace.open(hats);
    expect(app.project.samples).toHaveLength(10);
    const [first] = app.project.samples;
    expect(await app.project.readFile(first?.id ?? '')).not.toBeNull();
  });

  test('deleted, and brought back from the notice', async () => {
    const made = await withTwo();
    const { app, shoes } = made;
    await app.workspace.remove(shoes);
    expect(namesOf(made)).toEqual(['hats']);
    expect(app.project.name).toBe('hats');
    expect(app.notices.list).toMatchObject([
      { message: { key: 'project-deleted', id: shoes, name: 'shoes' } },
    ]);
    // It can be brought back from another project too.
    await app.workspace.create();
    expect(app.notices.list).toMatchObject([{ message: { id: shoes } }]);
    await app.workspace.restore(shoes);
    expect(namesOf(made)).toEqual(['', 'hats', 'shoes']);
    expect(app.project.samples).toHaveLength(6);
  });

  test('gone for good after a while, the last one too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
    try {
      const store = openTemporaryStore();
      const made = await passing(makeApp(store));
      const { app } = made;
      await passing(app.arrival.addFiles([drop('hat/1.png')]));
      const [only] = app.project.samples;
      const id = app.workspace.openId;
      await app.workspace.remove(id);
      expect(app.project.samples).toEqual([]);
      expect(app.workspace.projects).toHaveLength(1);
      expect(await store.readFile(only?.hash ?? '')).not.toBeNull();
      await vi.advanceTimersByTimeAsync(KEEP_DELETED_MILLIS + 1000);
      expect(app.notices.list).toEqual([]);
      expect(await store.readFile(only?.hash ?? '')).toBeNull();
      expect(await store.projects()).toMatchObject({ value: [{ id: app.workspace.openId }] });
      // Their embeddings follow, also from the engine that still had them.
      const { engine } = made;
      expect(await engine.shelf.hashes()).toEqual(new Set([only?.hash]));
      await vi.advanceTimersByTimeAsync(130_000);
      expect(await engine.shelf.hashes()).toEqual(new Set());
      await passing(app.arrival.addFiles([drop('hat/1.png')]));
      expect(await engine.shelf.hashes()).toEqual(new Set([only?.hash]));
      expect(app.embedding.rows?.missing(app.project.samples)).toEqual([]);
      await vi.advanceTimersByTimeAsync(300_000);
      expect(await engine.shelf.hashes()).toEqual(new Set([only?.hash]));
    } finally {
      vi.useRealTimers();
    }
  });
});
