import { describe, expect, test } from 'vitest';
import { compareLabels } from '../core/labels.ts';
import { WorkerGone, type Problem } from '../core/problem.ts';
import type { FakeEngine } from './testing/fake-engine.ts';
import { drop, drops, makeApp, stored, type Made } from './testing/make-app.ts';

function leftOut({ app }: Made): readonly Problem[] {
  return app.notices.list.flatMap(({ problems }) => problems ?? []);
}

/** The engine waits. @returns the way to let it go on. */
function hold(engine: FakeEngine): () => void {
  let open = (): void => undefined;
  engine.gate = new Promise((resolve) => (open = resolve));
  return () => {
    open();
  };
}

/** What a camera shows. */
function frame(): ImageBitmap {
  const canvas = new OffscreenCanvas(4, 3);
  canvas.getContext('2d');
  return canvas.transferToImageBitmap();
}

function namesOf({ app }: Made): string[] {
  return app.project.samples.map(({ name }) => name);
}

describe('what can not be used', () => {
  test('is left out with a reason and its path; the others go on', async () => {
    const made = await makeApp();
    const film = new File(['x'], 'film.mp4', { type: 'video/mp4' });
    await made.app.arrival.addFiles([
      drop('hat/1.png'),
      drop('hat/2.png', 'bad bytes'),
      drop('hat/3.png', ''),
      { path: 'hat/film.mp4', file: film },
      drop('hat/.DS_Store', 'clutter'),
      drop('hat/model.TFLite'),
      drop('hat/4.png'),
    ]);
    expect(namesOf(made)).toEqual(['1.png', '4.png']);
    expect(leftOut(made)).toEqual([
      { code: 'file-empty', file: 'hat/3.png' },
      { code: 'file-not-an-image', file: 'hat/film.mp4' },
      { code: 'model-format-closed', file: 'hat/model.TFLite' },
      { code: 'file-damaged', file: 'hat/2.png' },
    ]);
    expect((await stored(made.store)).versioned.dataset.samples).toHaveLength(2);
  });

  test('a folder of which nothing can be used is no class; one that was there stays', async () => {
    const made = await makeApp();
    made.app.project.addClass('cap');
    await made.app.arrival.addFiles([
      drop('LICENSE', 'bad bytes'),
      drop('cap/1.png', 'bad bytes'),
      drop('hat/1.png'),
      drop('tie/1.png', 'bad bytes'),
    ]);
    expect(made.app.project.classes.map(({ label }) => label)).toEqual(['cap', 'hat']);
    const { dataset } = (await stored(made.store)).versioned;
    expect(dataset.classes.map(({ label }) => label)).toEqual(['cap', 'hat']);
  });

  test('a file that can’t be read doesn’t take the others down', async () => {
    const made = await makeApp();
    const gone = drop('hat/gone.png');
    gone.file.text = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    await made.app.arrival.addFiles([drop('hat/1.png'), gone, drop('hat/2.png')]);
    expect(namesOf(made)).toEqual(['1.png', '2.png']);
    expect(leftOut(made)).toEqual([{ code: 'file-unreadable', file: 'hat/gone.png' }]);
  });

  test('a worker that dies ends the drop; what was looked at is in, and the rest can come again', async () => {
    const made = await makeApp();
    const visit = made.engine.visit.bind(made.engine);
    made.engine.visit = (file, space) => {
      if (file.name === '4.png')
        made.engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'worker died' });
      return visit(file, space);
    };
    await made.app.arrival.addFiles(drops(['hat'], 10));
    expect(made.app.notices.list[0]?.problem).toEqual({
      code: 'engine-crashed',
      reason: 'worker died',
    });
    expect(made.app.arrival.running).toBe(false);
    const before = made.app.project.samples.length;
    expect(before).toBeLessThan(5);
    made.engine.visit = visit;
    made.engine.crash = null;
    await made.app.arrival.addFiles(drops(['hat'], 10));
    expect(new Set(namesOf(made)).size).toBe(10);
    expect(made.app.project.samples).toHaveLength(10);
  });
});

describe('the same picture twice', () => {
  test('in one class: the later is left out, also across drops', async () => {
    const made = await makeApp();
    await made.app.arrival.addFiles([drop('hat/1.png', 'hat a'), drop('hat/2.png', 'hat a')]);
    await made.app.arrival.addFiles([drop('hat/3.png', 'hat a'), drop('hat/4.png', 'hat b')]);
    expect(namesOf(made)).toEqual(['1.png', '4.png']);
    expect(leftOut(made)).toEqual([
      { code: 'duplicate-in-class', file: 'hat/3.png', label: 'hat', other: '1.png' },
      { code: 'duplicate-in-class', file: 'hat/2.png', label: 'hat', other: '1.png' },
    ]);
  });

  test('in two classes: both are kept, and it is said', async () => {
    const made = await makeApp();
    await made.app.arrival.addFiles([drop('cap/1.png', 'same'), drop('hat/2.png', 'same')]);
    expect(namesOf(made)).toEqual(['1.png', '2.png']);
    expect(leftOut(made)).toEqual([
      {
        code: 'duplicate-across-classes',
        file: 'hat/2.png',
        label: 'hat',
        otherLabel: 'cap',
        other: '1.png',
      },
    ]);
    expect(made.app.notices.list.filter(({ problems }) => problems)).toMatchObject([
      { kept: true },
    ]);
  });

  test('one that was removed can come again', async () => {
    const made = await makeApp();
    await made.app.arrival.addFiles([drop('hat/1.png', 'same')]);
    made.app.project.removeSamples(made.app.project.samples.map(({ id }) => id));
    await made.app.arrival.addFiles([drop('hat/2.png', 'same')]);
    expect(namesOf(made)).toEqual(['2.png']);
    expect(leftOut(made)).toEqual([]);
  });
});

describe('labels from folders', () => {
  const hostile = ['__proto__', 'constructor', '<img src=x onerror=alert(1)>', '🎩🧢', 'קובע'];

  test('any text is a label', async () => {
    const { app } = await makeApp();
    await app.arrival.addFiles(hostile.map((label) => drop(`${label}/1.png`, label)));
    expect(app.project.classes.map(({ label }) => label)).toEqual(hostile.toSorted(compareLabels));
    expect(app.project.classes.map(({ id }) => app.project.byClass.get(id)?.length)).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  test('one that is too long is cut between characters, and said once', async () => {
    const made = await makeApp();
    const long = '👩‍🚀'.repeat(100);
    await made.app.arrival.addFiles([drop(`${long}/1.png`, 'a'), drop(`${long}/2.png`, 'b')]);
    expect(made.app.project.classes).toHaveLength(1);
    expect(made.app.project.classes[0]?.label).toBe('👩‍🚀'.repeat(20));
    expect(leftOut(made)).toMatchObject([{ code: 'label-too-long', length: 500 }]);
  });

  test('pictures without a folder get a class of their own, and it is said', async () => {
    const { app } = await makeApp();
    await app.arrival.addFiles([drop('1.png', 'a'), drop('hat/2.png', 'b'), drop('3.png', 'c')]);
    expect(app.project.classes.map(({ label }) => label)).toEqual(['Class 1', 'hat']);
    expect(app.notices.list.map(({ message }) => message)).toContainEqual({
      key: 'pictures-without-folder',
      label: 'Class 1',
      count: 2,
    });
  });

  test('a drop onto a class goes into it, whatever its folders', async () => {
    const { app } = await makeApp();
    const added = app.project.addClass('hat');
    if (!added.ok) throw new Error('not added');
    await app.arrival.addFiles([drop('shoes/1.png'), drop('2.png')], added.value.id);
    expect(app.project.classes).toEqual([added.value]);
    expect(app.project.samples).toHaveLength(2);
  });
});

describe('while it goes on', () => {
  test('pictures are shown as they are written, in order, and counted', async () => {
    const { app } = await makeApp();
    const adding = app.arrival.addFiles(drops(['hat', 'shoes'], 100));
    expect(app.arrival.running).toBe(true);
    await adding;
    expect(app.arrival.running).toBe(false);
    expect([app.arrival.done, app.arrival.total]).toEqual([200, 200]);
    const times = app.project.samples.map(({ addedAtMillis }) => addedAtMillis);
    expect(new Set(times).size).toBe(200);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('what can be seen is written: a picture is shown only after that', async () => {
    const { app, store } = await makeApp();
    const save = store.save.bind(store);
    let write = (): void => undefined;
    const gate = new Promise<void>((resolve) => (write = resolve));
    store.save = async (change) => {
      if (change.contents.length > 0) await gate;
      return save(change);
    };
    const adding = app.arrival.addFiles(drops(['hat'], 3));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(app.project.samples).toEqual([]);
    write();
    await adding;
    expect(app.project.samples).toHaveLength(3);
  });

  test('cancelled: what is there stays, the rest is not added, and more can be added after', async () => {
    const { app, engine, store } = await makeApp();
    await app.arrival.addFiles(drops(['hat'], 3));
    const open = hold(engine);
    const adding = app.arrival.addFiles(drops(['shoes'], 100));
    await expect.poll(() => app.arrival.total).toBe(100);
    app.arrival.cancel();
    open();
    await adding;
    expect(app.project.samples).toHaveLength(3);
    expect((await stored(store)).versioned.dataset.samples).toHaveLength(3);
    await app.arrival.addFiles(drops(['shoes'], 2));
    expect(app.project.samples).toHaveLength(5);
  });

  test('a class that is removed meanwhile takes its pictures along, those on their way too', async () => {
    const { app, engine } = await makeApp();
    await app.arrival.addFiles(drops(['hat'], 1));
    const open = hold(engine);
    const adding = app.arrival.addFiles([...drops(['hat'], 40), ...drops(['shoes'], 40)]);
    await expect.poll(() => app.arrival.total).toBe(80);
    app.project.removeClass(app.project.classes[0]?.id ?? '');
    open();
    await adding;
    expect(app.project.classes.map(({ label }) => label)).toEqual(['shoes']);
    expect(app.project.samples).toHaveLength(40);
  });

  test('a class that a person makes meanwhile takes the folder of its name', async () => {
    const { app, engine } = await makeApp();
    const open = hold(engine);
    const adding = app.arrival.addFiles(drops(['hat'], 5));
    await expect.poll(() => app.arrival.total).toBe(5);
    const made = app.project.addClass('hat');
    open();
    await adding;
    expect(app.project.classes).toEqual([made.ok ? made.value : null]);
    expect(app.project.samples).toHaveLength(5);
  });

  test('one undo takes back a drop and ends it; redone, what had come is there again', async () => {
    const { app, engine } = await makeApp();
    await app.arrival.addFiles(drops(['hat'], 3));
    const before = app.project.samples;
    const adding = app.arrival.addFiles(drops(['shoes', 'cap'], 300));
    await expect.poll(() => app.project.samples.length).toBeGreaterThan(3);
    app.history.undo();
    expect(app.project.samples).toEqual(before);
    await adding;
    expect(app.project.samples).toEqual(before);
    expect(app.project.classes.map(({ label }) => label)).toEqual(['hat']);
    expect(engine.inspected.length).toBeLessThan(600);
    app.history.redo();
    expect(app.project.samples.length).toBeGreaterThan(3);
  });
});

describe('other ways in', () => {
  test('the sample set', async () => {
    const { app } = await makeApp();
    await app.arrival.addSampleSet();
    expect(app.project.classes.length).toBeGreaterThanOrEqual(2);
    expect(app.training.blockers).toEqual([]);
    // Drawn as SVG; what is kept is what the engine made of it.
    expect(await (await app.project.readFile(app.project.samples[0]?.id ?? ''))?.text()).toMatch(
      /^drawn/u,
    );
  });

  test('camera frames', async () => {
    const { app } = await makeApp();
    const added = app.project.addClass('hat');
    const recording = app.arrival.beginRecording();
    for (let count = 0; count < 3; count++)
      await app.arrival.addFrame(frame(), added.ok ? added.value.id : '', recording);
    expect(app.project.samples).toHaveLength(3);
    expect(app.project.samples[0]?.name).toMatch(/^camera-.*\.webp$/u);
    expect(app.project.samples[0]?.origin).toMatchObject({ kind: 'recording', batch: recording });
    expect(app.notices.list).toEqual([]);
    // A recording is one thing to undo.
    app.history.undo();
    expect(app.project.samples).toEqual([]);
    expect(app.project.classes).toHaveLength(1);
  });

  test('camera frames come in beside a drop that is being taken in', async () => {
    const { app, engine } = await makeApp();
    const added = app.project.addClass('cap');
    const visit = engine.visit.bind(engine);
    engine.visit = (file, space, urgent) =>
      file.name.startsWith('camera') ? visit(file, space, urgent) : new Promise(() => undefined);
    void app.arrival.addFiles(drops(['hat'], 3));
    void app.arrival.addFrame(frame(), added.ok ? added.value.id : '');
    await expect.poll(() => app.project.samples.length, { timeout: 20_000 }).toBe(1);
    expect(engine.urgent).toHaveLength(1);
    expect(app.arrival.running).toBe(true);
  });

  /** Where a frame can be held on its way: `held` is waited for there. */
  const PLACES: [place: string, holdThere: (made: Made, held: () => Promise<void>) => void][] = [
    [
      'encoded',
      ({ engine }, held) => {
        const encodeFrame = engine.encodeFrame.bind(engine);
        engine.encodeFrame = (bitmap) => held().then(() => encodeFrame(bitmap));
      },
    ],
    [
      'looked at',
      ({ engine }, held) => {
        const visit = engine.visit.bind(engine);
        engine.visit = (file, space) => held().then(() => visit(file, space));
      },
    ],
    [
      'written',
      ({ store }, held) => {
        const save = store.save.bind(store);
        // What follows is held too: a store writes in order.
        store.save = (change) => held().then(() => save(change));
      },
    ],
  ];

  test.each(PLACES)(
    'a camera frame goes with its class, though it is just being %s',
    async (_, holdThere) => {
      const made = await makeApp();
      const { app, store } = made;
      const added = app.project.addClass('cap');
      const id = added.ok ? added.value.id : '';
      let isHeld = false;
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      holdThere(made, () => {
        isHeld = true;
        return opened;
      });
      const adding = app.arrival.addFrame(frame(), id);
      await expect.poll(() => isHeld).toBe(true);
      app.project.removeClass(id);
      open();
      await adding;
      await app.saved();
      for (const { classes, samples } of [app.project, (await stored(store)).versioned.dataset])
        expect({ classes, samples }).toEqual({ classes: [], samples: [] });
      // Nor did anything go wrong.
      expect(app.notices.list.flatMap(({ problem }) => problem ?? [])).toEqual([]);
    },
  );

  test('where a picture came from is kept with it', async () => {
    const { app } = await makeApp();
    const file = new File(['hat a'], '1.png', { type: 'image/png', lastModified: 1_234_567 });
    await app.arrival.addFiles([
      { path: 'my/hat/1.png', file },
      { ...drop('a.zip/hat/2.png'), archived: true },
    ]);
    await app.arrival.addFiles([drop('3.png')], undefined, 'pasted');
    const [first, second, third] = ['1.png', '2.png', '3.png'].map(
      (name) => app.project.samples.find((sample) => sample.name === name)?.origin,
    );
    expect(first).toMatchObject({
      kind: 'files',
      path: 'my/hat/1.png',
      modifiedAtMillis: 1_234_567,
    });
    expect(second).toMatchObject({ kind: 'archive', batch: first?.batch });
    expect(third).toMatchObject({ kind: 'pasted', modifiedAtMillis: null });
    expect(third?.batch).not.toBe(first?.batch);
  });

  test('a backbone is loaded; one with an unknown range asks first', async () => {
    const made = await makeApp();
    const files = [new File(['{"own": 1}'], 'model.json')];
    made.formats.contents = { ok: true, value: { kind: 'backbone', files } };
    await made.app.arrival.addFiles([drop('model.json')]);
    expect(made.app.engine.pendingFiles).toEqual(files);
    await made.app.engine.useModelFiles(files, [-1, 1]);
    expect(made.app.engine.pendingFiles).toBeNull();
    expect(made.app.project.options.backboneId).toMatch(/^own-/u);
    await made.app.saved();
    // No place on the network has it: it comes out of the store.
    const again = await makeApp(made.store);
    expect(again.app.engine.backbone?.id).toBe(made.app.project.options.backboneId);
  });
});

test('thousands of pictures don’t hold up the page', async () => {
  const { app } = await makeApp();
  const files = drops(
    Array.from({ length: 10 }, (_, index) => `class ${String(index)}`),
    500,
  );
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({ duration }) => duration));
  });
  // Making so many files is a long task of the test's own.
  await new Promise((resolve) => setTimeout(resolve, 0));
  observer.observe({ entryTypes: ['longtask'] });
  await app.arrival.addFiles(files);
  await app.embedding.finish();
  observer.disconnect();
  expect(app.project.samples).toHaveLength(5000);
  // Others use the machine too (the bench measures it alone); what grows with the square takes seconds.
  expect(Math.max(0, ...longTasks)).toBeLessThan(1000);
});
