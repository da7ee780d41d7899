import { describe, expect, test } from 'vitest';
import { WorkerGone } from '../core/problem.ts';
import { drop, drops, makeApp, type Made } from './testing/make-app.ts';

async function withPictures(count = 10): Promise<Made> {
  const made = await makeApp();
  await made.app.arrival.addFiles(drops(['hat', 'shoes'], count));
  return made;
}

/** Holds the engine's work. @returns the way to let it go on. */
function hold({ engine }: Made): () => void {
  let open = (): void => undefined;
  engine.gate = new Promise((resolve) => (open = resolve));
  return () => {
    open();
    engine.gate = Promise.resolve();
  };
}

describe('said before, not after', () => {
  test('one class, an empty class, a class of one', async () => {
    const { app } = await makeApp();
    expect(app.training.blockers).toMatchObject([{ code: 'too-few-classes', classes: 0 }]);
    await app.arrival.addFiles([...drops(['hat'], 3), ...drops(['shoes'], 1)]);
    app.project.addClass('empty');
    expect(app.training.blockers).toMatchObject([
      { code: 'class-too-small', label: 'shoes' },
      { code: 'class-empty', label: 'empty' },
    ]);
    await app.training.train();
    expect(app.training.classifier).toBeNull();
    expect(app.training.phase).toBe('idle');
  });

  test('advice does not stop it', async () => {
    const { app } = await withPictures(3);
    expect(app.training.advice.map(({ code }) => code)).toEqual(['few-images', 'few-images']);
    await app.training.train();
    expect(app.training.evaluation?.count).toBe(2);
  });

  test('two pictures a class are enough', async () => {
    const { app } = await withPictures(2);
    await app.training.train();
    expect(app.training.problem).toBeNull();
    expect(app.training.evaluation?.count).toBe(2);
  });
});

describe('training that ends early', () => {
  test('a loss that is no number is said, and the classifier before stays', async () => {
    const made = await withPictures();
    const { app } = made;
    await app.training.train();
    const before = app.training.classifier;
    app.project.setTraining({ learningRate: 1e9 });
    await app.training.train();
    expect(app.training.problem).toMatchObject({ code: 'loss-not-finite', learningRate: 1e9 });
    expect(app.training.classifier).toBe(before);
    expect(app.training.history).toBe(before?.history);
    expect(made.engine.head).toBe(before?.head);
    app.project.setTraining({ learningRate: null });
    await app.training.train();
    expect(app.training.problem).toBeNull();
    expect(app.training.classifier).not.toBe(before);
  });

  test('cancelled while embedding, while fitting: nothing changes', async () => {
    const made = await withPictures();
    const { app } = made;
    let goOn = hold(made);
    app.project.setOptions({ crop: 'pad' });
    let training = app.training.train();
    await expect.poll(() => app.training.phase).toBe('embedding');
    app.training.cancel();
    await training;
    expect(app.training.phase).toBe('idle');
    goOn();
    await app.embedding.finish();

    goOn = hold(made);
    training = app.training.train();
    await expect.poll(() => app.training.phase).toBe('fitting');
    app.training.cancel();
    goOn();
    await training;
    expect(app.training.classifier).toBeNull();
    expect(app.training.problem).toBeNull();
  });

  test('asked for while pictures arrive, it is of all of them; cancelled by then, of none', async () => {
    const { app, engine } = await makeApp();
    const adding = app.arrival.addFiles(drops(['hat', 'shoes'], 100));
    const training = app.training.train();
    expect(app.training.phase).toBe('embedding');
    expect(app.training.problem).toBeNull();
    await adding;
    await training;
    expect(engine.trainings[1]?.set.trainingRows).toHaveLength(200);

    const more = app.arrival.addFiles(drops(['cap'], 100));
    const cancelled = app.training.train();
    app.training.cancel();
    await Promise.all([more, cancelled]);
    expect(app.training.phase).toBe('idle');
    expect(app.training.labels).toEqual(['hat', 'shoes']);
  });

  test('stopped: the best so far is kept, without a refit', async () => {
    const made = await withPictures();
    const { app, engine } = made;
    app.project.setTraining({ epochs: 5000 });
    const training = app.training.train();
    await expect.poll(() => app.training.history.length).toBeGreaterThan(2);
    app.training.stop();
    await training;
    expect(app.training.classifier?.bestEpoch).toBeGreaterThan(2);
    expect(app.training.classifier?.bestEpoch).toBeLessThan(5000);
    expect(engine.trainings).toHaveLength(1);
    expect(app.training.evaluation?.count).toBe(4);
  });

  test('a worker that dies is said', async () => {
    const { app, engine } = await withPictures();
    await app.embedding.finish();
    engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'out of memory' });
    await app.training.train();
    expect(app.training.problem).toEqual({ code: 'engine-crashed', reason: 'out of memory' });
  });

  test('a backbone that can’t be had is said', async () => {
    const { app, engine } = await makeApp();
    engine.backboneProblem = { code: 'backbone-unreachable', id: 'x', tried: [] };
    await app.engine.chooseBackbone('x');
    expect(app.notices.list[0]?.problem).toEqual(engine.backboneProblem);
    expect(app.engine.problem).toBeNull();
    // The one before stays in use.
    expect(app.engine.backbone?.id).toBe('mobilenet_v2_1.0_224');
    expect(app.project.options.backboneId).toBe('mobilenet_v2_1.0_224');
  });
});

describe('embedding', () => {
  test('a converted picture is embedded as it was converted, however slow the disk', async () => {
    const { app, engine, store } = await makeApp();
    const save = store.save.bind(store);
    store.save = async (change) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return save(change);
    };
    await app.arrival.addFiles([drop('hat/1.svg', '<svg>1</svg>'), drop('hat/2.png', 'hat 2')]);
    await app.embedding.finish();
    expect(engine.embedded.toSorted()).toEqual(['drawn <svg>1</svg>', 'hat 2']);
  });

  test('another crop embeds again, and back costs nothing', async () => {
    const { app, engine } = await withPictures();
    await app.embedding.finish();
    app.project.setOptions({ crop: 'stretch' });
    await app.embedding.finish();
    expect(engine.embedded).toHaveLength(40);
    app.project.setOptions({ crop: 'centre' });
    await app.embedding.finish();
    expect(engine.embedded).toHaveLength(40);
    expect(app.embedding.running).toBe(false);
  });

  test('an engine that began anew is asked what it has; nothing is embedded twice', async () => {
    const { app, engine } = await withPictures();
    await app.embedding.finish();
    const rows = app.embedding.rows?.size;
    engine.beginAnew();
    // What was known of rows is void, which training finds out by itself.
    await app.training.train();
    expect(app.training.evaluation?.accuracy).toBe(1);
    expect(app.embedding.rows?.size).toBe(rows);
    expect(new Set(engine.embedded).size).toBe(engine.embedded.length);
  });

  test('one that begins anew while it embeds goes on where it was', async () => {
    const { app, engine } = await withPictures(60);
    await app.embedding.finish();
    app.project.setOptions({ crop: 'stretch' });
    await expect.poll(() => engine.embedded.length, { interval: 5 }).toBeGreaterThan(120);
    expect(app.embedding.running).toBe(true);
    engine.beginAnew();
    app.embedding.restart();
    await app.embedding.finish();
    expect(app.embedding.problem).toBeNull();
    expect(app.embedding.rows?.missing(app.project.samples)).toEqual([]);
    expect(app.embedding.rows?.size).toBe(120);
  });

  test('another backbone embeds again; its old classifier can’t answer until it is back', async () => {
    const { app, engine } = await withPictures();
    await app.training.train();
    await app.engine.chooseBackbone('mobilenet_v1_0.25_224');
    expect(app.project.options.backboneId).toBe('mobilenet_v1_0.25_224');
    expect(app.training.usable).toBe(false);
    expect(app.training.outdated).toBe(true);
    expect(engine.head).toBeNull();
    expect(await app.exporter.export()).toBeNull();
    await app.embedding.finish();
    expect(engine.embedded).toHaveLength(40);
    await app.engine.chooseBackbone('mobilenet_v2_1.0_224');
    expect(app.training.usable).toBe(true);
    expect(engine.head).not.toBeNull();
  });

  test('a picture that can’t be embedded is said and left out of training', async () => {
    const { app, engine } = await makeApp();
    await app.arrival.addFiles([...drops(['hat', 'shoes'], 5), drop('hat/wide.png', 'wide 1')]);
    await app.training.train();
    expect(app.training.problem).toBeNull();
    expect(engine.trainings[1]?.set.trainingRows).toHaveLength(10);
    expect(app.notices.list.flatMap(({ problems }) => problems ?? [])).toMatchObject([
      { code: 'file-damaged' },
    ]);
  });

  test('cancelled, it goes on when training needs it', async () => {
    const made = await makeApp();
    const { app, engine } = made;
    await app.arrival.addFiles(drops(['hat', 'shoes'], 30));
    app.embedding.cancel();
    await app.embedding.finish();
    await app.training.train();
    expect(app.training.classifier).not.toBeNull();
    expect(new Set(engine.embedded).size).toBe(60);
  });

  test('pictures that come while others are embedded are embedded too', async () => {
    const made = await withPictures();
    await made.app.arrival.addFiles(drops(['cap'], 10));
    await made.app.training.train();
    expect(made.app.training.labels).toEqual(['cap', 'hat', 'shoes']);
    expect(made.app.embedding.done).toBe(made.app.embedding.total);
  });
});
