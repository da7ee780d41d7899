import { describe, expect, test } from 'vitest';
import { BUILT_IN } from '../core/backbone-catalogue.ts';
import { WorkerGone } from '../core/problem.ts';
import { openTemporaryStore } from '../storage/temporary-store.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { drops, makeApp, type Made, stored } from './testing/make-app.ts';

const WANTED = 'mobilenet_v2_1.0_224';

/** A first visit: the wanted backbone has to be downloaded, which takes until `arrive` is called. */
async function firstVisit(engine = new FakeEngine()): Promise<Made & { arrive: () => void }> {
  let arrive = (): void => undefined;
  engine.network = new Promise((resolve) => (arrive = resolve));
  engine.missing = ({ keptOnly }) => keptOnly === true;
  return { ...(await makeApp(openTemporaryStore(), engine)), arrive };
}

async function trained({ app }: Made): Promise<void> {
  await app.arrival.addFiles(drops(['shoes', 'hat'], 10));
  await app.training.train();
  expect(app.training.problem).toBeNull();
}

/** With a classifier of the built-in backbone and an offer of a better one. */
async function offered(): Promise<Made> {
  const made = await firstVisit();
  await trained(made);
  made.arrive();
  await expect.poll(() => made.app.upgrade.offer).not.toBeNull();
  return made;
}

describe('while the backbone that was asked for is on its way', () => {
  test('the built-in one gives the first answer, and what was asked for stays asked for', async () => {
    const made = await firstVisit();
    const { app } = made;
    expect(app.engine.backbone?.id).toBe(BUILT_IN.id);
    expect(app.engine.fallback).toMatchObject({ id: WANTED, better: null, problem: null });
    expect(app.engine.loadingId).toBe(WANTED);
    expect(app.project.options.backboneId).toBe(WANTED);
    await trained(made);
    expect(app.training.classifier?.backbone.id).toBe(BUILT_IN.id);
    expect(app.training.usable).toBe(true);
    expect(app.training.outdated).toBe(false);
  });

  test('nothing stands between an empty project and the better one', async () => {
    const { app, arrive } = await firstVisit();
    arrive();
    await expect.poll(() => app.engine.backbone?.id).toBe(WANTED);
    expect(app.engine.fallback).toBeNull();
  });

  test('pictures without a classifier go over to it, and none is embedded twice', async () => {
    const { app, arrive, engine } = await firstVisit();
    await app.arrival.addFiles(drops(['shoes', 'hat'], 10));
    await app.embedding.finish();
    arrive();
    await expect.poll(() => app.engine.backbone?.id).toBe(WANTED);
    expect(engine.embeddedBeside).toHaveLength(20);
    await app.training.train();
    expect(engine.embedded).toHaveLength(20);
    expect(app.training.classifier?.backbone.id).toBe(WANTED);
  });

  test('a download that is cancelled can be taken up again', async () => {
    const { app, arrive } = await firstVisit();
    app.engine.cancelDownload();
    arrive();
    await expect.poll(() => app.engine.loadingId).toBeNull();
    expect(app.engine.fallback).toMatchObject({ better: null, problem: null });
    await app.engine.retry();
    await expect.poll(() => app.engine.backbone?.id).toBe(WANTED);
  });

  test('what is in the cache needs no other in its place', async () => {
    const { app } = await makeApp();
    expect(app.engine.backbone?.id).toBe(WANTED);
    expect(app.engine.fallback).toBeNull();
  });
});

describe('where the backbone that was asked for can’t be had', () => {
  async function offline(): Promise<Made> {
    const engine = new FakeEngine();
    engine.missing = ({ id }) => id !== BUILT_IN.id;
    const made = await makeApp(openTemporaryStore(), engine);
    await expect.poll(() => made.app.engine.fallback?.problem).not.toBeNull();
    return made;
  }

  test('it is no error, and the whole journey works', async () => {
    const made = await offline();
    const { app } = made;
    expect(app.engine.fallback?.problem).toMatchObject({
      code: 'backbone-unreachable',
      id: WANTED,
    });
    expect(app.engine.problem).toBeNull();
    expect(app.notices.list).toEqual([]);
    await trained(made);
    await app.trial.tryFiles(drops(['hat'], 1));
    expect(app.trial.tried).toHaveLength(1);
    expect(await app.exporter.export()).not.toBeNull();
  });

  test('it is tried again when the network comes back', async () => {
    const { app, engine } = await offline();
    engine.missing = () => false;
    dispatchEvent(new Event('online'));
    await expect.poll(() => app.engine.backbone?.id).toBe(WANTED);
  });

  test('a model that can’t be used either leaves the built-in one in use', async () => {
    const { app, engine } = await offline();
    engine.backboneProblem = { code: 'model-no-features', file: 'model.json' };
    expect(await app.engine.useModelFiles([new File(['x'], 'model.json')], [-1, 1])).toBeNull();
    expect(app.engine.fallback?.id).toBe(WANTED);
    engine.backboneProblem = null;
    await app.engine.useModelFiles([new File(['x'], 'model.json')], [-1, 1]);
    expect(app.engine.fallback).toBeNull();
    expect(app.engine.backbone?.id).toMatch(/^own-/);
  });
});

describe('a better backbone, after a first classifier', () => {
  test('is offered with what both reach on the same pictures', async () => {
    const { app } = await offered();
    const { offer } = app.upgrade;
    expect(offer?.better.id).toBe(WANTED);
    expect(offer?.before).toEqual(app.training.evaluation);
    expect(offer?.after?.count).toBe(offer?.before?.count);
    expect(app.training.classifier?.backbone.id).toBe(BUILT_IN.id);
    expect(app.training.usable).toBe(true);
  });

  test('makes room for training while pictures are embedded with it', async () => {
    const made = await firstVisit();
    const { app, arrive, engine } = made;
    await trained(made);
    await app.arrival.addFiles(drops(['shoes', 'hat'], 200));
    arrive();
    await expect.poll(() => engine.embeddedBeside.length, { interval: 1 }).toBeGreaterThan(4);
    const before = engine.embeddedBeside.length;
    expect(before).toBeLessThan(200);
    await app.training.train();
    // What was under way came to its end.
    expect(engine.embeddedBeside.length).toBeLessThanOrEqual(before + 4);
    expect(app.training.outdated).toBe(false);
    await expect.poll(() => app.upgrade.offer, { timeout: 10_000 }).not.toBeNull();
    expect(new Set(engine.embeddedBeside).size).toBe(engine.embeddedBeside.length);
    expect(engine.embeddedBeside).toHaveLength(400);
  });

  test('is taken with its classifier in one step', async () => {
    const { app, engine, store } = await offered();
    await app.upgrade.accept();
    expect(app.engine.backbone?.id).toBe(WANTED);
    expect(app.training.classifier?.backbone.id).toBe(WANTED);
    expect(app.training.usable).toBe(true);
    expect(app.training.outdated).toBe(false);
    expect(engine.head).toBe(app.training.classifier?.head);
    expect(app.upgrade.offer).toBeNull();
    await app.saved();
    expect(await stored(store)).toMatchObject({ classifier: { backbone: { id: WANTED } } });
  });

  test('can be declined for good', async () => {
    const { app, store } = await offered();
    await app.upgrade.decline();
    expect(app.engine.fallback).toBeNull();
    expect(app.project.options.backboneId).toBe(BUILT_IN.id);
    expect(app.training.usable).toBe(true);
    await app.saved();
    const again = await makeApp(store);
    expect(again.app.engine.backbone?.id).toBe(BUILT_IN.id);
    expect(again.app.engine.fallback).toBeNull();
  });

  test('waits for an answer beyond a reload, though it is in the cache by then', async () => {
    const { app, store } = await offered();
    await app.saved();
    const again = await makeApp(store);
    expect(again.app.training.usable).toBe(true);
    await expect.poll(() => again.app.upgrade.offer?.better.id).toBe(WANTED);
  });

  test('is compared anew after pictures have changed and training has run again', async () => {
    const { app } = await offered();
    await app.arrival.addFiles(drops(['cap'], 10));
    expect(app.upgrade.offer).toBeNull();
    await app.training.train();
    await expect.poll(() => app.upgrade.offer?.after?.count).toBe(6);
    expect(app.upgrade.offer?.before).toEqual(app.training.evaluation);
    await app.upgrade.accept();
    expect(app.training.labels).toEqual(['cap', 'hat', 'shoes']);
    expect(app.training.outdated).toBe(false);
  });

  test('that is chosen by hand takes over at once', async () => {
    const { app } = await offered();
    await app.engine.chooseBackbone('mobilenet_v1_0.25_224');
    expect(app.engine.fallback).toBeNull();
    expect(app.upgrade.offer).toBeNull();
    expect(app.training.usable).toBe(false);
  });

  test('comes without a word when everything is started over', async () => {
    const { app } = await offered();
    await app.startOver();
    await expect.poll(() => app.engine.backbone?.id).toBe(WANTED);
    expect(app.training.classifier).toBeNull();
  });

  test('a fit in use that fails is no failure of it', async () => {
    const made = await firstVisit();
    await trained(made);
    const { app, arrive, engine } = made;
    arrive();
    await expect.poll(() => app.upgrade.offer).not.toBeNull();
    app.upToDate.set(true);
    engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'out of memory' });
    app.project.setTraining({ seed: 5 });
    await expect.poll(() => app.upToDate.problem).toMatchObject({ code: 'engine-crashed' });
    expect(app.upgrade.problem).toBeNull();
  });

  test('that fails on the pictures is said, and what there is stays', async () => {
    const made = await firstVisit();
    await trained(made);
    const { app, arrive, engine } = made;
    arrive();
    await expect.poll(() => app.engine.fallback?.better).not.toBeNull();
    engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'out of memory' });
    await expect.poll(() => app.upgrade.problem).toMatchObject({ code: 'engine-crashed' });
    engine.crash = null;
    expect(app.upgrade.offer).toBeNull();
    expect(app.training.usable).toBe(true);
  });
});
