import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTemporaryStore } from '../storage/temporary-store.ts';
import type { ProjectStore } from '../storage/contract.ts';
import type { App } from './app.svelte.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { drop, drops, makeApp, stored, type Made } from './testing/make-app.ts';

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
    expect(app.project.byClass.get(idOf(made, 'hat'))).toHaveLength(10);
    await app.embedding.finish();
    expect(engine.embedded).toHaveLength(20);
    expect(await (await app.project.readThumbnail(app.project.samples[0]?.id ?? ''))?.text()).toBe(
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
    expect(app.history.undoable).toEqual({ kind: 'move-pictures', count: 1, label: 'shoes' });
    app.history.undo();
    expect(app.project.byClass.get(idOf(made, 'hat'))).toHaveLength(10);
    expect(app.training.outdated).toBe(false);
    expect(app.history.undoable).toEqual({ kind: 'add-pictures', count: 20 });
    expect(app.notices.list[0]?.message).toEqual({
      key: 'undone',
      what: { kind: 'move-pictures', count: 1, label: 'shoes' },
    });
  });

  test('removed pictures come back where they were, with their files', async () => {
    const { app, store } = await trained();
    const before = app.project.samples;
    const removed = before.slice(3, 6).map(({ id }) => id);
    app.project.removeSamples(removed);
    expect(app.project.samples).toHaveLength(17);
    await app.saved();
    expect((await stored(store)).versioned.dataset.samples).toHaveLength(17);
    app.history.undo();
    expect(app.project.samples).toEqual(before);
    expect(await (await app.project.readFile(removed[0] ?? ''))?.text()).toBe('hat 3.png');
    expect(await (await app.project.readThumbnail(removed[0] ?? ''))?.text()).toBe(
      'small hat 3.png',
    );
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
    app.history.undo();
    expect(labelsOf(made)).toEqual(['hat', 'shoes']);
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

  test('starting over leaves nothing, here and in the store; undone, everything is back', async () => {
    const { app, store, engine } = await trained();
    app.project.rename('Hats and shoes');
    const [before, classifier] = [app.project.samples, app.training.classifier];
    await app.startOver();
    expect(app.project.name).toBe('');
    expect(app.project.classes).toEqual([]);
    expect(app.project.samples).toEqual([]);
    expect(app.training.classifier).toBeNull();
    expect(engine.head).toBeNull();
    expect(await stored(store)).toMatchObject({
      versioned: { dataset: { name: '', classes: [], samples: [] } },
      classifier: null,
    });
    app.history.undo();
    expect(app.project.name).toBe('Hats and shoes');
    expect(app.project.samples).toEqual(before);
    expect(app.training.classifier).toBe(classifier);
    expect(app.training.outdated).toBe(false);
    expect(await stored(store)).toMatchObject({ classifier });
    app.history.redo();
    expect(app.project.samples).toEqual([]);
    expect(app.training.classifier).toBeNull();
  });

  test('classes are merged and put in another order; pictures lose their label and judge', async () => {
    const made = await trained();
    const { app } = made;
    app.project.moveClass(idOf(made, 'hat'), 1);
    expect(labelsOf(made)).toEqual(['shoes', 'hat']);
    // The order in which they are shown is nothing to learn from.
    expect(app.training.outdated).toBe(false);
    const [first, second] = app.project.byClass.get(idOf(made, 'hat')) ?? [];
    app.project.markSamples([first?.id ?? ''], 'judge');
    expect(app.project.byId.get(first?.id ?? '')?.purpose).toBe('judge');
    expect(app.training.outdated).toBe(true);
    app.project.moveSamples([second?.id ?? ''], null);
    expect(app.project.unlabelled.map(({ id }) => id)).toEqual([second?.id]);
    expect(app.project.byClass.get(idOf(made, 'hat'))).toHaveLength(9);
    app.project.mergeClass(idOf(made, 'hat'), idOf(made, 'shoes'));
    expect(labelsOf(made)).toEqual(['shoes']);
    expect(app.project.byClass.get(idOf(made, 'shoes'))).toHaveLength(19);
    for (let step = 0; step < 4; step++) app.history.undo();
    expect(labelsOf(made)).toEqual(['hat', 'shoes']);
    expect(app.training.outdated).toBe(false);
  });

  test('an option that is dragged is one thing to undo; another backbone is fetched again', async () => {
    const { app } = await trained();
    for (const validationShare of [0.3, 0.31, 0.32]) app.project.setTraining({ validationShare });
    app.project.setTraining({ epochs: 9 });
    app.history.undo();
    expect(app.project.options.training).toMatchObject({ validationShare: 0.32, epochs: null });
    app.history.undo();
    expect(app.training.outdated).toBe(false);
    await app.engine.chooseBackbone('mobilenet_v2_0.50_224');
    expect(app.project.options.backboneId).toBe('mobilenet_v2_0.50_224');
    app.history.undo();
    await expect.poll(() => app.engine.backbone?.id).toBe('mobilenet_v2_1.0_224');
    expect(app.training.usable).toBe(true);
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

  test('pictures that an earlier version kept unlooked-at are taken in', async () => {
    const store = openTemporaryStore();
    const open = store.open.bind(store);
    const first = await makeApp(store);
    const added = first.app.project.addClass('hat');
    const classId = added.ok ? added.value.id : '';
    const unfinished = ['hat 1', 'bad', 'hat 2', 'hat 3'].map((text, index) => ({
      id: String(index),
      file: new Blob([text], { type: 'image/png' }),
      name: `${String(index)}.png`,
      classId: index === 3 ? null : classId,
      purpose: index === 2 ? ('judge' as const) : ('learn' as const),
    }));
    const finished: string[] = [];
    const save = store.save.bind(store);
    store.save = (change) => {
      finished.push(...(change.finished ?? []));
      return save(change);
    };
    store.open = async (id) => {
      const opened = await open(id);
      return opened.ok ? { ok: true, value: { ...opened.value, unfinished } } : opened;
    };
    const { app } = await makeApp(store);
    expect(app.project.samples).toMatchObject([
      { name: '0.png', classId, purpose: 'learn' },
      { name: '2.png', classId, purpose: 'judge' },
      { name: '3.png', classId: null, purpose: 'learn' },
    ]);
    expect(finished.toSorted()).toEqual(['0', '1', '2', '3']);
    expect(app.notices.list).toContainEqual(
      expect.objectContaining({ message: { key: 'arrival-resumed', count: 4 } }),
    );
  });

  test('a random sequence of edits, undone and redone across reopenings, gives equal datasets at every step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(personEdit, { minLength: 1, maxLength: 25 }), async (edits) => {
        const store = openTemporaryStore();
        const made = await makeApp(store);
        await made.app.arrival.addFiles(drops(['hat', 'shoes', 'cap'], 3));
        const states = [datasetOf(made)];
        for (const [index, one] of edits.entries()) {
          const before = made.app.history.undoGroup;
          one(made.app, index);
          if (isEqual(datasetOf(made), states.at(-1))) continue;
          // The same option soon after: one thing to undo.
          if (made.app.history.undoGroup === before) states.pop();
          states.push(datasetOf(made));
        }
        const again = await reopened(store);
        for (const state of states.toReversed()) {
          expect(datasetOf(again)).toEqual(state);
          if (state !== states[0]) again.app.history.undo();
        }
        const third = await reopened(store);
        for (const state of states) {
          expect(datasetOf(third)).toEqual(state);
          third.app.history.redo();
        }
        expect(third.app.history.redoable).toBeNull();
      }),
      { numRuns: 12 },
    );
  }, 60_000);
});

/** Something that a person does, where there is anything to do it with. */
type PersonEdit = (app: App, index: number) => void;

const personEdit: fc.Arbitrary<PersonEdit> = fc
  .record({ what: fc.nat(9), first: fc.nat(50), second: fc.nat(50) })
  .map(({ what, first, second }): PersonEdit => (app, index) => {
    const { project } = app;
    const { classes, samples } = project;
    const one = classes[first % Math.max(1, classes.length)]?.id ?? '';
    const other = classes[second % Math.max(1, classes.length)]?.id ?? '';
    const some = samples.filter((_, at) => at % 5 === first % 5).map(({ id }) => id);
    const actions = [
      () => project.addClass(`class ${String(index)}`),
      () => project.renameClass(one, `name ${String(index)}`),
      () => {
        project.moveClass(one, second % 2 === 0 ? 1 : -1);
      },
      () => {
        project.mergeClass(one, other);
      },
      () => {
        project.removeClass(one);
      },
      () => {
        project.removeSamples(some.slice(0, 2));
      },
      () => {
        project.moveSamples(some, second % 3 === 0 ? null : other);
      },
      () => {
        project.markSamples(some, second % 2 === 0 ? 'judge' : 'learn');
      },
      () => {
        project.setTraining({ seed: index });
      },
      () => {
        project.rename(`project ${String(index)}`);
      },
    ];
    actions[what]?.();
  });

function datasetOf({ app }: Made) {
  const { name, classes, samples, options } = app.project;
  return { name, classes, samples, options };
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function reopened(store: ProjectStore): Promise<Made> {
  await store.settled();
  return makeApp(store);
}
