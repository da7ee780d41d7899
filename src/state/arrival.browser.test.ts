import { describe, expect, test } from 'vitest';
import { compareLabels } from '../core/labels.ts';
import { WorkerGone, type Problem } from '../core/problem.ts';
import { drop, drops, makeApp, type Made } from './testing/make-app.ts';

function leftOut({ app }: Made): readonly Problem[] {
  return app.notices.list.flatMap(({ problems }) => problems ?? []);
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
    const stored = await made.store.load();
    expect(stored.ok && stored.value.samples).toHaveLength(2);
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
    await made.app.saved();
    const stored = await made.store.load();
    expect(stored.ok && stored.value.classes.map(({ label }) => label)).toEqual(['cap', 'hat']);
  });

  test('a file that can’t be read doesn’t take the others down', async () => {
    const made = await makeApp();
    const gone = drop('hat/gone.png');
    Object.defineProperty(gone.file, 'slice', {
      value: () => ({
        arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')),
      }),
    });
    await made.app.arrival.addFiles([drop('hat/1.png'), gone, drop('hat/2.png')]);
    expect(namesOf(made)).toEqual(['1.png', '2.png']);
    expect(leftOut(made)).toEqual([{ code: 'file-unreadable', file: 'hat/gone.png' }]);
  });

  test('a worker that dies leaves the rest to be looked at later', async () => {
    const made = await makeApp();
    made.engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'worker died' });
    await made.app.arrival.addFiles(drops(['hat'], 3));
    expect(made.app.notices.list[0]?.problem).toEqual({
      code: 'engine-crashed',
      reason: 'worker died',
    });
    expect(made.app.project.samples.map(({ state }) => state)).toEqual([
      'arriving',
      'arriving',
      'arriving',
    ]);
    made.engine.crash = null;
    await made.app.arrival.resume();
    expect(made.app.project.samples.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
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
  test('pictures are kept at once, in order, and counted', async () => {
    const { app, engine } = await makeApp();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const adding = app.arrival.addFiles(drops(['hat', 'shoes'], 100));
    await expect.poll(() => app.project.samples.length).toBe(200);
    expect(app.arrival.running).toBe(true);
    expect(app.arrival.done).toBe(0);
    open();
    await adding;
    expect(app.arrival.running).toBe(false);
    expect([app.arrival.done, app.arrival.total]).toEqual([200, 200]);
    const times = app.project.samples.map(({ addedAtMillis }) => addedAtMillis);
    expect(new Set(times).size).toBe(200);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('cancelled: what is ready stays, the rest is not added, and more can be added after', async () => {
    const { app, engine, store } = await makeApp();
    await app.arrival.addFiles(drops(['hat'], 3));
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const adding = app.arrival.addFiles(drops(['shoes'], 100));
    await expect.poll(() => app.project.samples.length).toBe(103);
    app.arrival.cancel();
    open();
    await adding;
    expect(app.project.samples).toHaveLength(3);
    await app.saved();
    const stored = await store.load();
    expect(stored.ok && stored.value.samples).toHaveLength(3);
    await app.arrival.addFiles(drops(['shoes'], 2));
    expect(app.project.samples).toHaveLength(5);
  });

  test('a class that is removed meanwhile takes its pictures along', async () => {
    const { app, engine } = await makeApp();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const adding = app.arrival.addFiles(drops(['hat', 'shoes'], 40));
    await expect.poll(() => app.project.samples.length).toBe(80);
    app.project.removeClass(app.project.classes[0]?.id ?? '');
    open();
    await adding;
    expect(app.project.classes.map(({ label }) => label)).toEqual(['shoes']);
    expect(app.project.samples).toHaveLength(40);
  });

  test('a picture that is moved while it is looked at stays where it was moved to', async () => {
    const { app, engine } = await makeApp();
    const target = app.project.addClass('cap');
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const adding = app.arrival.addFiles(drops(['hat'], 5));
    await expect.poll(() => app.project.samples.length).toBe(5);
    const [first] = app.project.samples;
    app.project.moveSamples([first?.id ?? ''], target.ok ? target.value.id : '');
    open();
    await adding;
    expect(app.project.byId.get(first?.id ?? '')).toMatchObject({
      state: 'ready',
      classId: target.ok && target.value.id,
    });
  });
});

describe('into a class that is removed before they are in', () => {
  const canvas = new OffscreenCanvas(4, 3);
  canvas.getContext('2d');

  /** An app with a class `hat`. */
  async function withHat() {
    const made = await makeApp();
    const added = made.app.project.addClass('hat');
    if (!added.ok) throw new Error('not added');
    return { ...made, hat: added.value };
  }

  test('a camera frame goes with it, without a word', async () => {
    const { app, store, hat } = await withHat();
    const adding = app.arrival.addFrame(canvas.transferToImageBitmap(), hat.id);
    app.project.removeClass(hat.id);
    await adding;
    expect(app.project.classes).toEqual([]);
    expect(app.project.samples).toEqual([]);
    expect(app.notices.list.map(({ message }) => message?.key)).toEqual(['class-removed']);
    await app.saved();
    const stored = await store.load();
    expect(stored.ok && [stored.value.classes, stored.value.samples]).toEqual([[], []]);
  });

  test('dropped pictures are not added, which is said', async () => {
    const { app, formats, hat } = await withHat();
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const readDrop = formats.readDrop.bind(formats);
    formats.readDrop = (files) => opened.then(() => readDrop(files));
    const adding = app.arrival.addFiles([drop('1.png'), drop('a/2.png')], hat.id);
    app.project.removeClass(hat.id);
    open();
    await adding;
    expect(app.project.classes).toEqual([]);
    expect(app.project.samples).toEqual([]);
    expect(app.notices.list.map(({ message }) => message)).toContainEqual({
      key: 'class-gone',
      count: 2,
    });
  });

  test.each([0, 1, 2, 3, 5, 8, 13])('whenever that is: %i tasks later', async (tasks) => {
    const { app, store, hat } = await withHat();
    const adding = app.arrival.addFiles(drops(['a'], 3), hat.id);
    for (let task = 0; task < tasks; task++) await new Promise((resolve) => setTimeout(resolve, 0));
    app.project.removeClass(hat.id);
    await adding;
    await app.saved();
    const stored = await store.load();
    expect(app.project.classes).toEqual([]);
    expect(app.project.samples).toEqual([]);
    expect(stored.ok && [stored.value.classes, stored.value.samples]).toEqual([[], []]);
  });

  test('a folder of which the rest is still to come doesn’t come back', async () => {
    const { app } = await makeApp();
    const adding = app.arrival.addFiles(drops(['hat', 'shoes'], 400));
    await expect.poll(() => app.project.samples.length).toBeGreaterThan(0);
    app.project.removeClass(app.project.classes[0]?.id ?? '');
    await adding;
    expect(app.project.classes.map(({ label }) => label)).toEqual(['shoes']);
    expect(app.project.samples).toHaveLength(400);
    expect(app.notices.list.map(({ message }) => message?.key)).toContain('class-gone');
  });

  test('a folder’s class that is renamed meanwhile takes the rest too', async () => {
    const { app } = await makeApp();
    const adding = app.arrival.addFiles(drops(['hat'], 400));
    await expect.poll(() => app.project.samples.length).toBeGreaterThan(0);
    app.project.renameClass(app.project.classes[0]?.id ?? '', 'cap');
    await adding;
    expect(app.project.classes.map(({ label }) => label)).toEqual(['cap']);
    expect(app.project.samples).toHaveLength(400);
  });
});

test('recording doesn’t wait for a drop that is being taken in', async () => {
  const { app, engine } = await makeApp();
  const added = app.project.addClass('hat');
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const inspect = engine.inspect.bind(engine);
  engine.inspect = async (file) => {
    if (!file.name.startsWith('camera')) await opened;
    return inspect(file);
  };
  const adding = app.arrival.addFiles(drops(['shoes'], 5));
  await expect.poll(() => app.project.samples.length).toBe(5);
  const canvas = new OffscreenCanvas(4, 3);
  canvas.getContext('2d');
  await app.arrival.addFrame(canvas.transferToImageBitmap(), added.ok ? added.value.id : '');
  expect(app.project.samples.map(({ state }) => state)).toEqual([
    ...Array.from({ length: 5 }, () => 'arriving'),
    'ready',
  ]);
  // The drop's own count: what is recorded is no part of it.
  await expect.poll(() => app.arrival.total).toBe(5);
  expect([app.arrival.running, app.arrival.done]).toEqual([true, 0]);
  // Whoever cancels the drop keeps what was recorded.
  app.arrival.cancel();
  open();
  await adding;
  expect(app.project.samples.map(({ state }) => state)).toEqual(['ready']);
});

describe('other ways in', () => {
  test('the sample set', async () => {
    const { app } = await makeApp();
    await app.arrival.addSampleSet();
    expect(app.project.classes.length).toBeGreaterThanOrEqual(2);
    expect(app.training.blockers).toEqual([]);
    // Drawn as SVG; what is kept is what the engine made of it.
    expect(await (await app.project.file(app.project.samples[0]?.id ?? ''))?.text()).toMatch(
      /^drawn/u,
    );
  });

  test('camera frames', async () => {
    const { app } = await makeApp();
    const added = app.project.addClass('hat');
    const canvas = new OffscreenCanvas(4, 3);
    canvas.getContext('2d');
    for (let frame = 0; frame < 3; frame++) {
      await app.arrival.addFrame(canvas.transferToImageBitmap(), added.ok ? added.value.id : '');
    }
    expect(app.project.samples).toHaveLength(3);
    expect(app.project.samples[0]?.name).toMatch(/^camera-.*\.webp$/u);
    expect(app.notices.list).toEqual([]);
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
