import { describe, expect, test } from 'vitest';
import { packHashes } from '../core/embedding.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { drop, drops, makeApp, type Made } from './testing/make-app.ts';

async function trained(): Promise<Made> {
  const made = await makeApp();
  await made.app.arrival.addFiles(drops(['shoes', 'hat'], 10));
  await made.app.training.train();
  expect(made.app.training.problem).toBeNull();
  return made;
}

function labelsOf({ app }: Made): string[] {
  return app.project.classes.map(({ label }) => label);
}

function idOf({ app }: Made, label: string): string {
  return app.project.classes.find((one) => one.label === label)?.id ?? '';
}

describe('from a drop to a classifier', () => {
  test('folders become classes, pictures become ready and embedded', async () => {
    const made = await makeApp();
    const { app, engine } = made;
    await app.arrival.addFiles(drops(['shoes', 'hat'], 10));
    // By name: a browser hands folders out in any order.
    expect(labelsOf(made)).toEqual(['hat', 'shoes']);
    expect(app.project.samples).toHaveLength(20);
    expect(app.project.samples.every(({ state, hash }) => state === 'ready' && hash !== null)).toBe(
      true,
    );
    expect(app.project.byClass.get(idOf(made, 'hat'))).toHaveLength(10);
    await app.embedding.finish();
    expect(engine.embedded).toHaveLength(20);
    expect(await (await app.project.thumbnail(app.project.samples[0]?.id ?? ''))?.text()).toBe(
      'small hat 0.png',
    );
  });

  test('training judges on what was kept aside, then refits on everything', async () => {
    const { app, engine } = await trained();
    const { classifier, evaluation } = app.training;
    expect(app.training.labels).toEqual(['hat', 'shoes']);
    expect(app.training.judgedBy).toBe('validation');
    expect(evaluation?.count).toBe(4);
    expect(evaluation?.accuracy).toBe(1);
    expect(classifier?.judged).toHaveLength(4);
    expect(app.training.samplesOf(0, 0)).toHaveLength(2);
    const [fit, refit] = engine.trainings;
    expect(fit?.set.trainingRows).toHaveLength(16);
    expect(refit?.set.trainingRows).toHaveLength(20);
    expect(refit?.set.validationRows).toHaveLength(0);
    expect(refit?.options.stopAfterEpoch).toBeGreaterThan(0);
    expect(engine.head).toEqual(classifier?.head);
    expect(app.training.phase).toBe('idle');
    expect(app.training.outdated).toBe(false);
  });

  test('a test folder judges and is never trained on', async () => {
    const { app, engine } = await makeApp();
    await app.arrival.addFiles([
      ...drops(['train/hat', 'train/shoes'], 10),
      ...drops(['test/hat', 'test/shoes'], 3).map(({ path }) =>
        drop(path, `${path.split('/')[1] ?? ''} t${path}`),
      ),
    ]);
    await app.training.train();
    expect(app.training.judgedBy).toBe('test');
    expect(app.training.evaluation?.count).toBe(6);
    expect(app.training.classifier?.validation?.count).toBe(4);
    expect(engine.trainings.every(({ set }) => set.classes.length === 20)).toBe(true);
  });

  test('the order of the drop plays no part', async () => {
    const files = drops(['b', 'a10', 'a9'], 8);
    const [one, other] = await Promise.all([makeApp(), makeApp()]);
    await one.app.arrival.addFiles(files);
    for (const file of files.toReversed()) await other.app.arrival.addFiles([file]);
    await Promise.all([one.app.training.train(), other.app.training.train()]);
    expect(other.app.training.labels).toEqual(['a9', 'a10', 'b']);
    expect(other.app.training.classifier?.head.layers).toEqual(
      one.app.training.classifier?.head.layers,
    );
    expect(other.app.training.evaluation).toEqual(one.app.training.evaluation);
  });
});

describe('what a person does afterwards', () => {
  test('renaming costs no retrain, and the classifier follows', async () => {
    const made = await trained();
    const { app, engine } = made;
    expect(app.project.renameClass(idOf(made, 'hat'), '  <b>Caps</b> ')).toEqual({
      ok: true,
      value: undefined,
    });
    expect(app.training.labels).toEqual(['<b>Caps</b>', 'shoes']);
    expect(app.training.outdated).toBe(false);
    expect(engine.trainings).toHaveLength(2);
    expect(app.project.renameClass(idOf(made, 'shoes'), '<b>Caps</b>')).toMatchObject({
      problem: { code: 'label-taken' },
    });
    expect(app.project.renameClass(idOf(made, 'shoes'), ' ')).toMatchObject({
      problem: { code: 'label-empty' },
    });
  });

  test('a move makes it outdated; undone it is not', async () => {
    const made = await trained();
    const { app } = made;
    const [first] = app.project.samples;
    app.project.moveSamples([first?.id ?? ''], idOf(made, 'shoes'));
    expect(app.project.byClass.get(idOf(made, 'shoes'))).toHaveLength(11);
    expect(app.training.outdated).toBe(true);
    expect(app.project.undoable).toBe('pictures-moved');
    await app.project.undo();
    expect(app.project.byClass.get(idOf(made, 'hat'))).toHaveLength(10);
    expect(app.training.outdated).toBe(false);
    expect(app.project.undoable).toBeNull();
  });

  test('removed pictures come back where they were, with their files', async () => {
    const { app, store } = await trained();
    const before = app.project.samples;
    const removed = before.slice(3, 6).map(({ id }) => id);
    app.project.removeSamples(removed);
    expect(app.project.samples).toHaveLength(17);
    await app.saved();
    expect(await store.readFile(removed[0] ?? '')).toBeNull();
    await app.project.undo();
    expect(app.project.samples).toEqual(before);
    expect(await (await app.project.file(removed[0] ?? ''))?.text()).toBe('hat 3.png');
    expect(await (await app.project.thumbnail(removed[0] ?? ''))?.text()).toBe('small hat 3.png');
    expect(app.training.outdated).toBe(false);
  });

  test('a removed class comes back with its pictures, its place and its colour', async () => {
    const made = await trained();
    const { app } = made;
    const hat = idOf(made, 'hat');
    const colour = app.project.colourIndex(hat);
    app.project.removeClass(hat);
    expect(labelsOf(made)).toEqual(['shoes']);
    expect(app.project.samples).toHaveLength(10);
    expect(app.project.colourIndex(idOf(made, 'shoes'))).toBe(1);
    // What the classifier learned it still knows.
    expect(app.training.labels).toEqual(['hat', 'shoes']);
    expect(app.project.addClass('hat').ok).toBe(true);
    await app.project.undo();
    expect(labelsOf(made)).toEqual(['hat 2', 'shoes', 'hat']);
    expect(app.project.byClass.get(hat)).toHaveLength(10);
    expect(app.project.colourIndex(hat)).toBe(colour);
  });

  test('other options make it outdated and are checked before training', async () => {
    const { app } = await trained();
    app.project.setTraining({ epochs: 7 });
    expect(app.training.outdated).toBe(true);
    app.project.setTraining({ epochs: -1 });
    expect(app.training.blockers).toMatchObject([{ code: 'option-invalid', option: 'epochs' }]);
    app.project.resetTraining();
    expect(app.training.blockers).toEqual([]);
    expect(app.training.outdated).toBe(false);
  });

  test('starting over leaves nothing, here and in the store', async () => {
    const { app, store, engine } = await trained();
    app.project.rename('Hats and shoes');
    const hashes = packHashes(app.project.samples.map(({ hash }) => hash ?? ''));
    const space = app.embedding.rows?.space;
    if (!space) throw new Error('no embeddings');
    expect((await engine.recall(space, hashes)).rows).not.toContain(-1);
    await app.startOver();
    await app.saved();
    expect(new Set((await engine.recall(space, hashes)).rows)).toEqual(new Set([-1]));
    expect(app.embedding.rows.size).toBe(0);
    expect(app.project.name).toBe('');
    expect(app.project.classes).toEqual([]);
    expect(app.project.samples).toEqual([]);
    expect(app.training.classifier).toBeNull();
    expect(engine.head).toBeNull();
    const loaded = await store.load();
    expect(loaded).toMatchObject({
      ok: true,
      value: { name: '', classes: [], samples: [], classifier: null },
    });
    // The very same pictures are embedded anew.
    await app.arrival.addFiles(drops(['shoes', 'hat'], 10));
    await app.training.train();
    expect(app.training.evaluation?.accuracy).toBe(1);
    expect(engine.embedded).toHaveLength(40);
  });
});

describe('opening again', () => {
  test('everything is there, and nothing is embedded twice', async () => {
    const { app, store, engine } = await trained();
    app.project.rename('Hats');
    app.project.setOptions({ crop: 'centre' });
    await app.saved();
    const again = await makeApp(store, new FakeEngine(engine.shelf));
    await again.app.embedding.finish();
    expect(again.app.project.name).toBe('Hats');
    expect(again.app.project.samples).toEqual(app.project.samples);
    expect(again.app.training.classifier).toEqual(app.training.classifier);
    expect(again.app.training.usable).toBe(true);
    expect(again.app.training.outdated).toBe(false);
    expect(again.engine.head).not.toBeNull();
    expect(again.engine.embedded).toEqual([]);
    expect(again.engine.inspected).toEqual([]);
  });

  test('pictures that were arriving when the tab was killed are looked at then', async () => {
    const { app, store, engine } = await makeApp();
    engine.gate = new Promise(() => undefined);
    void app.arrival.addFiles(drops(['hat', 'shoes'], 70));
    await expect.poll(async () => (await store.load()).ok && app.project.samples.length).toBe(140);
    const again = await makeApp(store);
    expect(again.app.project.samples.filter(({ state }) => state === 'ready')).toHaveLength(140);
    expect(again.app.notices.list).toContainEqual(
      expect.objectContaining({ message: { key: 'arrival-resumed', count: 140 } }),
    );
  });
});
