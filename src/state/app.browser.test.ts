import { describe, expect, test } from 'vitest';
import { BUILT_IN } from '../core/backbone-catalogue.ts';
import type { Head } from '../core/head.ts';
import { failed, type Problem } from '../core/problem.ts';
import type { ImportedClassifier } from '../formats/contract.ts';
import { MemoryDisk } from '../storage/memory-disk.ts';
import { openTemporaryStore } from '../storage/temporary-store.ts';
import { PendingWrites } from '../storage/pending-writes.ts';
import type { StoreEvent } from '../storage/contract.ts';
import { FakeEngine, STATUS } from './testing/fake-engine.ts';
import { buildApp, drop, drops, makeApp, storeOfSecondTab } from './testing/make-app.ts';

const full: Problem = { code: 'storage-full', usedMegabytes: 500 };

describe('storage', () => {
  test('that fills up midway is said once; work goes on in memory and nothing is missing', async () => {
    const disk = new MemoryDisk();
    const { app } = await makeApp(new PendingWrites(disk));
    await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
    expect(app.place).toBe('disk');
    disk.commit = () => Promise.resolve(failed(full));
    await app.arrival.addFiles(drops(['cap'], 10));
    await app.training.train();
    expect(app.notices.list.filter(({ problem }) => problem)).toMatchObject([
      { kind: 'error', problem: full },
    ]);
    expect(app.place).toBe('memory');
    expect(app.unsaved).toBe(true);
    expect(app.training.labels).toEqual(['cap', 'hat', 'shoes']);
    const files = await Promise.all(app.project.samples.map(({ id }) => app.project.readFile(id)));
    expect(files.every((file) => file !== null)).toBe(true);
  });

  test('that another tab has is said, and is not written', async () => {
    const disk = new MemoryDisk();
    const first = await makeApp(new PendingWrites(disk));
    await first.app.arrival.addFiles(drops(['hat'], 3));
    await first.app.saved();
    const { app, address } = await makeApp(storeOfSecondTab(disk));
    expect(app.elsewhere).toBe(true);
    expect(app.project.samples).toHaveLength(3);
    expect(app.notices.list).toMatchObject([
      { kind: 'warning', message: { key: 'open-elsewhere' } },
    ]);
    app.project.removeClass(app.project.classes[0]?.id ?? '');
    await app.saved();
    const kept = await disk.open(app.workspace.openId);
    expect(kept).toMatchObject({ value: { versioned: { dataset: { samples: [{}, {}, {}] } } } });
    expect(app.unsaved).toBe(false);
    await app.takeOver();
    expect(address.reloads).toBe(1);
  });

  test('files that went away before they were kept are taken out again, and said', async () => {
    const disk = new MemoryDisk();
    const store = new PendingWrites(disk);
    const { app } = await makeApp(store);
    await app.arrival.addFiles(drops(['hat'], 3));
    const [gone] = app.project.samples;
    let tell: (event: StoreEvent) => void = () => undefined;
    store.onEvent = (listener) => {
      tell = listener;
      return () => undefined;
    };
    const again = await makeApp(store);
    tell({
      kind: 'unreadable',
      projectId: again.app.workspace.openId,
      hashes: [gone?.hash ?? ''],
    });
    expect(again.app.project.samples).toHaveLength(2);
    expect(again.app.notices.list).toMatchObject([
      { problems: [{ code: 'file-unreadable', file: 'hat/0.png' }] },
    ]);
    // One undo takes the whole drop back, what went away included.
    again.app.history.undo();
    expect(again.app.project.samples).toEqual([]);
  });
});

describe('the engine', () => {
  test('that loses its device says so and goes on', async () => {
    const { app, engine } = await makeApp();
    const problem: Problem = { code: 'device-lost', backend: 'webgpu', next: 'wasm' };
    engine.emit({ kind: 'backend', status: { ...STATUS, reason: 'device-lost' }, problem });
    expect(app.engine.backend.status?.reason).toBe('device-lost');
    expect(app.notices.list).toMatchObject([{ kind: 'warning', problem }]);
  });

  test('that died and was started again is said once, and work goes on', async () => {
    const { app, engine } = await makeApp();
    engine.emit({ kind: 'restarted' });
    engine.emit({ kind: 'restarted' });
    expect(app.notices.list).toMatchObject([
      { kind: 'warning', message: { key: 'engine-restarted' } },
    ]);
    await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
    await app.training.train();
    expect(app.training.usable).toBe(true);
  });

  test.each([false, true])(
    'that stops for good is a problem; tried again, all goes on (standing in: %s)',
    async (standingIn) => {
      const engine = new FakeEngine();
      engine.missing = ({ id, keptOnly }) =>
        standingIn && (keptOnly === true || id !== BUILT_IN.id);
      const { app } = await makeApp(openTemporaryStore(), engine);
      const used = app.engine.backbone;
      await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
      await app.training.train();
      const problem: Problem = { code: 'engine-keeps-crashing', reason: 'no memory' };
      engine.stop(problem);
      expect([app.engine.problem, app.engine.backbone]).toEqual([problem, null]);
      expect(app.training.usable).toBe(false);
      await app.arrival.addFiles(drops(['cap'], 4));

      await app.engine.retry();
      expect([app.engine.problem, app.engine.backbone]).toEqual([null, used]);
      expect(app.engine.fallback !== null).toBe(standingIn);
      expect(app.training.usable).toBe(true);
      expect(engine.head).not.toBeNull();
      await app.embedding.finish();
      expect(app.embedding.rows?.size).toBe(24);
    },
  );

  test('a backend that is asked for is remembered', async () => {
    const { app } = await makeApp();
    await app.engine.backend.choose('webgl');
    expect(app.engine.backend.asked).toBe('webgl');
    await app.engine.backend.choose(null);
    expect(app.engine.backend.asked).toBeNull();
    expect(app.engine.availableIds).toEqual(new Set(['mobilenet_v2_1.0_224']));
  });

  test('what embeds with the backbone in use is known once the engine has decided it', async () => {
    const { app, engine } = await makeApp();
    const sha256 = app.engine.backbone?.sha256 ?? '';
    expect(app.engine.runtime).toBeNull();
    const status = {
      sha256,
      runtime: 'simd',
      reason: 'measured',
      threads: 2,
      rates: { simd: 71, tfjs: 37 },
      failure: null,
    } as const;
    engine.emit({ kind: 'runtime', status });
    engine.emit({ kind: 'runtime', status: { ...status, sha256: 'of another' } });
    expect(app.engine.runtime).toEqual(status);
    // A graphics processor leaves the choice without a meaning.
    engine.emit({ kind: 'backend', status: { ...STATUS, backend: 'webgpu' }, problem: null });
    expect(app.engine.runtime).toBeNull();
    expect(app.notices.list).toEqual([]);
  });

  test('a runtime that is asked for is handed to the engine and remembered', async () => {
    const { app, engine } = await makeApp();
    await app.engine.backend.chooseRuntime('tfjs');
    expect(app.engine.backend.askedRuntime).toBe('tfjs');
    expect(engine.started.at(-1)).toEqual({ backend: null, runtime: 'tfjs' });
    await app.engine.backend.chooseRuntime(null);
    expect(engine.started.at(-1)).toEqual({ backend: null, runtime: null });
  });

  test('a backbone that could not be had is tried again', async () => {
    const { app, engine } = await makeApp();
    engine.backboneProblem = { code: 'backbone-unreachable', id: 'x', tried: [] };
    await app.engine.chooseBackbone('mobilenet_v2_0.50_224');
    engine.backboneProblem = null;
    await app.engine.retry();
    expect(app.engine.problem).toBeNull();
    expect(app.engine.backbone?.id).toBe('mobilenet_v2_0.50_224');
  });

  test('a model that is dropped while the engine starts is used, and a broken one costs nothing', async () => {
    const engine = new FakeEngine();
    let comeUp = (): void => undefined;
    engine.gate = new Promise((resolve) => (comeUp = resolve));
    const { app } = buildApp(openTemporaryStore(), engine);
    const opening = app.open();
    const asked = app.engine.useModelFiles([new File(['mine'], 'mine.json')], null);
    comeUp();
    await opening;
    expect(await asked).toBeNull();
    expect(app.engine.pendingFiles).toHaveLength(1);
    expect(app.engine.backbone).not.toBeNull();
    await app.engine.useModelFiles(app.engine.pendingFiles ?? [], [-1, 1]);
    expect(app.engine.backbone?.id).toMatch(/^own-/);
  });

  test('a later choice wins over the one that is on its way', async () => {
    const { app } = await makeApp();
    await Promise.all([app.engine.chooseBackbone('first'), app.engine.chooseBackbone('second')]);
    expect(app.engine.backbone?.id).toBe('second');
    expect(app.project.options.backboneId).toBe('second');
    expect(app.engine.loadingId).toBeNull();
  });
});

describe('trying and exporting', () => {
  test('pictures are answered, bad ones with a reason', async () => {
    const { app } = await makeApp();
    await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
    await app.trial.tryFiles([drop('x.png', 'hat new')]);
    expect(app.trial.tried).toMatchObject([{ answer: null, problem: null }]);
    app.trial.clearTried();
    await app.training.train();
    await app.trial.tryFiles([drop('x.png', 'hat new'), drop('y.png', 'bad')]);
    const [bad, good] = app.trial.tried;
    expect(good?.answer?.[0]).toMatchObject({ label: 'hat' });
    expect(good?.answer?.[0]?.probability).toBeGreaterThan(0.5);
    expect(bad?.problem).toEqual({ code: 'file-damaged', file: 'y.png' });
  });

  test('what is left out of a try is said', async () => {
    const { app, formats } = await makeApp();
    const messages = () => app.notices.list.map(({ message, problem }) => message ?? problem);
    await app.trial.tryFiles(drops(['hat'], 103));
    expect(app.trial.tried).toHaveLength(100);
    expect(messages()).toEqual([{ key: 'trial-full', count: 3, tried: 100 }]);

    app.notices.clear();
    formats.contents = { ok: true, value: { kind: 'backbone', files: [] } };
    await app.trial.tryFiles([drop('my.zip')]);
    expect(messages()).toEqual([{ code: 'model-not-to-try', file: 'my.zip' }]);

    app.notices.clear();
    const problems = [{ code: 'zip-empty', file: 'none.zip' }] as const;
    formats.contents = { ok: true, value: { kind: 'pictures', files: [], problems } };
    await app.trial.tryFiles([drop('none.zip')]);
    expect(app.notices.list).toMatchObject([{ kind: 'warning', problems, total: 1 }]);
  });

  test('the export carries present labels, the backbone and the player', async () => {
    const { app, formats } = await makeApp();
    await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
    await app.training.train();
    app.project.renameClass(app.project.classes[0]?.id ?? '', '../caps');
    app.project.rename('My *first* / hats');
    const exported = await app.exporter.export();
    expect(exported?.name).toBe('My-first-hats.zip');
    expect(formats.written?.classes.map(({ label }) => label)).toEqual(['../caps', 'shoes']);
    expect(formats.written?.backboneFiles).toHaveLength(1);
    expect(formats.written?.playerFiles).toHaveLength(1);
    expect(formats.written?.validation).toEqual(app.training.evaluation);
  });
});

describe('an export that is dropped', () => {
  const head: Head = {
    embeddingLength: 8,
    classIds: ['__proto__', 'x'],
    layers: [
      { units: 2, kernel: new Float32Array(16), bias: new Float32Array(2), activation: 'softmax' },
    ],
  };
  const imported: ImportedClassifier = {
    head,
    classes: [
      { id: '__proto__', label: 'hat' },
      { id: 'x', label: 'gloves' },
    ],
    backboneFiles: [new File(['theirs'], 'model.json')],
    backboneSha256: 'of theirs',
    inputRange: [-1, 1],
    crop: 'pad',
    validation: null,
    test: null,
    fittedAtMillis: 5,
  };

  test('is for use at once, with its labels, in an empty project', async () => {
    const { app, engine, formats, store } = await makeApp();
    formats.contents = { ok: true, value: { kind: 'classifier', classifier: imported } };
    await app.arrival.addFiles([drop('classifier.zip')]);
    expect(app.training.labels).toEqual(['hat', 'gloves']);
    expect(app.project.classes.map(({ label }) => label)).toEqual(['hat', 'gloves']);
    expect(app.training.usable).toBe(true);
    expect(app.training.outdated).toBe(false);
    expect(engine.head?.classIds).toEqual(app.project.classes.map(({ id }) => id));
    app.project.renameClass(app.project.classes[0]?.id ?? '', 'cap');
    expect(app.training.labels).toEqual(['cap', 'gloves']);
    await app.saved();
    const again = await makeApp(store);
    expect(again.app.training.usable).toBe(true);
    expect(again.app.training.labels).toEqual(['cap', 'gloves']);
  });

  test('leaves pictures that are there as they are, and joins classes of the same name', async () => {
    const { app, formats } = await makeApp();
    await app.arrival.addFiles(drops(['hat', 'shoes'], 5));
    const before = app.project.samples;
    formats.contents = { ok: true, value: { kind: 'classifier', classifier: imported } };
    await app.arrival.addFiles([drop('classifier.zip')]);
    expect(app.project.samples).toEqual(before);
    expect(app.project.classes.map(({ label }) => label)).toEqual(['hat', 'shoes']);
    expect(app.training.classes[0]).toEqual(app.project.classes[0]);
    expect(app.training.labels).toEqual(['hat', 'gloves']);
    expect(app.project.options.crop).toBe('centre');
    expect(app.notices.list[0]?.message).toMatchObject({
      key: 'classifier-imported',
      picturesKept: 10,
    });
  });
});
