import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../core/backend.ts';
import type { EpochReport } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import { Cancelled } from '../core/problem.ts';
import { createRandom } from '../core/random.ts';
import { createEngine, type EngineClient } from './client.ts';
import type { EmbedItem, EmbedReport, HeadFit, TrainingSet } from './contract.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';
import { fitOptions, separableSet } from './testing/training-sets.ts';

const BACKENDS: readonly BackendName[] = ['wasm', 'webgl', 'webgpu'];

/** An engine on one backend with the tiny backbone; its tensors are counted around every test. */
async function startEngine(backend: BackendName): Promise<EngineClient> {
  const engine = createEngine();
  const status = await engine.start({ backend });
  expect(status).toMatchObject({ ok: true, value: { backend, reason: 'asked-for' } });
  const files = asFiles(tinyMobilenet());
  const info = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
  expect(info).toMatchObject({
    ok: true,
    value: { inputSidePx: 224, inputRange: [-1, 1], embeddingLength: 32, source: 'files' },
  });
  return engine;
}

function drawItems(count: number): Promise<EmbedItem[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      key: String(index),
      file: await drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    })),
  );
}

async function embedAll(engine: EngineClient, items: readonly EmbedItem[]) {
  const reports: EmbedReport[number][] = [];
  await engine.embed(items, 'centre', { onReport: (report) => void reports.push(...report) });
  return reports;
}

async function fit(engine: EngineClient, set: TrainingSet, options: FitOptions): Promise<HeadFit> {
  const fitted = await engine.trainHead(set, options);
  if (!fitted.ok) throw new Error(JSON.stringify(fitted.problem));
  return fitted.value;
}

/** Share of all rows that the head answers rightly. */
async function accuracyOf(engine: EngineClient, { head }: HeadFit, set: TrainingSet) {
  const probabilities = await engine.predict(head, set.embeddings);
  const classes = set.classIds.length;
  const right = [...set.classes].filter((wanted, row) => {
    const answer = probabilities.subarray(row * classes, (row + 1) * classes);
    return answer.indexOf(Math.max(...answer)) === wanted;
  });
  return right.length / set.classes.length;
}

describe.each(BACKENDS)('the engine on %s', (backend) => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = await startEngine(backend);
  });
  afterAll(() => {
    engine.dispose();
  });

  /** Runs work and shows that it left no tensor behind. */
  async function leaving<T>(work: () => Promise<T>): Promise<T> {
    const before = await engine.memory();
    const result = await work();
    expect((await engine.memory()).numTensors).toBe(before.numTensors);
    return result;
  }

  it('embeds pictures, each under its key, without leaving tensors', async () => {
    const items = await drawItems(11);
    const reports = await leaving(() => embedAll(engine, items));
    expect(reports.map(({ key }) => key)).toEqual(items.map(({ key }) => key));
    for (const report of reports) {
      if (!('embedding' in report)) throw new Error(report.problem.code);
      expect(report.embedding).toHaveLength(32);
      expect(Math.max(...report.embedding)).toBeGreaterThan(0.1);
    }
  });

  it('reports pictures that it cannot use, and embeds the others', async () => {
    const [good, other] = await drawItems(2);
    if (good === undefined || other === undefined) throw new RangeError('no pictures');
    const text = { key: 'text', file: new File(['not a picture'], 'text.jpg') };
    const empty = { key: 'empty', file: new Blob([]) };
    const reports = await leaving(() => embedAll(engine, [text, good, empty, other]));
    expect(reports.map((report) => ('problem' in report ? report.problem : report.key))).toEqual([
      { code: 'file-not-an-image', file: 'text.jpg' },
      '0',
      { code: 'file-empty', file: 'empty' },
      '1',
    ]);
  });

  it('fits a head to a separable set and answers with it', async () => {
    const set = separableSet();
    const fitted = await leaving(() => fit(engine, set, fitOptions()));
    expect(fitted.history.at(-1)).toMatchObject({ validationAccuracy: 1 });
    expect(await leaving(() => accuracyOf(engine, fitted, set))).toBe(1);
  });

  it('fits hidden layers with dropout, SGD, smoothing and class weights', async () => {
    const set = separableSet(2);
    const options = fitOptions({
      hiddenUnits: [12, 8],
      dropout: 0.2,
      optimizer: 'sgd',
      learningRate: 0.1,
      epochs: 10,
      labelSmoothing: 0.1,
      balancedClassWeights: true,
      schedule: 'step',
    });
    const fitted = await leaving(() => fit(engine, set, options));
    expect(fitted.head.layers.map(({ units, activation }) => [units, activation])).toEqual([
      [12, 'relu'],
      [8, 'relu'],
      [3, 'softmax'],
    ]);
    expect(await accuracyOf(engine, fitted, set)).toBeGreaterThan(0.95);
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const set = separableSet(3);
    const options = fitOptions({ hiddenUnits: [8], dropout: 0.3, epochs: 2 });
    const kernelOf = async (seed: number) =>
      (await fit(engine, set, { ...options, seed })).head.layers[0]?.kernel;
    const first = await kernelOf(5);
    expect(await kernelOf(5)).toEqual(first);
    expect(await kernelOf(6)).not.toEqual(first);
  });

  it('stops when the loss is no number, and leaves nothing behind', async () => {
    const options = fitOptions({ learningRate: 1e9 });
    expect(await leaving(() => engine.trainHead(separableSet(), options))).toEqual({
      ok: false,
      problem: { code: 'loss-not-finite', epoch: 1, learningRate: 1e9 },
    });
  });

  it('cancels fitting and embedding between two batches', async () => {
    const fitting = new AbortController();
    const items = await drawItems(80);
    await leaving(async () => {
      const cancelled = engine.trainHead(separableSet(), fitOptions({ epochs: 500 }), {
        signal: fitting.signal,
        onReport: () => {
          fitting.abort();
        },
      });
      await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
    });
    await leaving(async () => {
      const embedding = new AbortController();
      let reported = 0;
      const cancelled = engine.embed(items, 'centre', {
        signal: embedding.signal,
        onReport: (report) => {
          reported += report.length;
          embedding.abort();
        },
      });
      await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
      expect(reported).toBeLessThan(items.length);
      // What was already under way is done with before tensors are counted.
      await engine.start({ backend });
    });
  });
});

describe('fitting exactly', () => {
  let engine: EngineClient;
  beforeAll(() => {
    // No backend is needed for it.
    engine = createEngine();
  });
  afterAll(() => {
    engine.dispose();
  });
  const options = fitOptions({ solver: 'exact', l2: 0.03, l2Candidates: [1, 0.03, 0.001] });

  it('reports every iteration in order, leaves no tensor, and its head answers right', async () => {
    const reports: EpochReport[] = [];
    const fitted = await engine.trainHead(separableSet(), options, {
      onReport: (report) => reports.push(report),
    });
    if (!fitted.ok) throw new Error(fitted.problem.code);
    expect(reports).toEqual(fitted.value.history);
    expect(reports.at(-1)).toMatchObject({ learningRate: null, validationAccuracy: 1 });
    await engine.start({ backend: 'wasm' });
    expect((await engine.memory()).numTensors).toBe(0);
    expect(await accuracyOf(engine, fitted.value, separableSet())).toBe(1);
  });

  it('cancels, and stops with what it has', async () => {
    const large = separableSet(3, 20, 100, 1024);
    const cancelling = new AbortController();
    const cancelled = engine.trainHead(large, options, {
      signal: cancelling.signal,
      onReport: () => {
        cancelling.abort();
      },
    });
    await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
    const stopping = new AbortController();
    const stopped = await engine.trainHead(large, options, {
      stop: stopping.signal,
      onReport: () => {
        stopping.abort();
      },
    });
    if (!stopped.ok) throw new Error(stopped.problem.code);
    expect(stopped.value.stopped).toBe(true);
    expect(new Set(stopped.value.history.map(({ l2 }) => l2)).size).toBeLessThan(3);
  });
});

describe('fitting', () => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
  });
  afterAll(() => {
    engine.dispose();
  });

  it('keeps the epoch with the lowest validation loss, and stops when none is better', async () => {
    const set = separableSet(4);
    // Labels by chance: fitting the training part more and more is bound to hurt.
    const random = createRandom(4);
    const classes = set.classes.map(() => random.int(3));
    const options = fitOptions({ epochs: 200, patience: 3, learningRate: 0.3, l2: 0 });
    const { history, bestEpoch } = await fit(engine, { ...set, classes }, options);
    const losses = history.map(({ validationLoss }) => validationLoss ?? Infinity);
    expect(losses[bestEpoch - 1]).toBe(Math.min(...losses));
    expect(history).toHaveLength(bestEpoch + 3);
  });

  it('runs all epochs without a validation part, or up to the one it is told', async () => {
    const set = { ...separableSet(), validationRows: new Int32Array() };
    const whole = await fit(engine, set, fitOptions());
    expect(whole).toMatchObject({ bestEpoch: 12, stopped: false });
    expect(whole.history.every(({ validationLoss }) => validationLoss === null)).toBe(true);
    const part = await fit(engine, set, fitOptions({ stopAfterEpoch: 5 }));
    expect(part.bestEpoch).toBe(5);
    // Its schedule spans the whole all the same.
    expect(part.history).toEqual(whole.history.slice(0, 5));
  });

  it('keeps what it has when it is told to stop', async () => {
    const stop = new AbortController();
    const fitted = await engine.trainHead(separableSet(), fitOptions({ epochs: 10_000 }), {
      stop: stop.signal,
      onReport: ({ epoch }) => {
        if (epoch === 3) stop.abort();
      },
    });
    if (!fitted.ok) throw new Error(fitted.problem.code);
    expect(fitted.value.stopped).toBe(true);
    expect(fitted.value.history.length).toBeLessThan(100);
    expect(await accuracyOf(engine, fitted.value, separableSet())).toBe(1);
  });

  it('weighs classes only when asked to', async () => {
    const { trainingRows, classes, ...set } = separableSet(6, 2, 40, 2);
    const mixed = Float32Array.from(set.embeddings, (value) => value / 6);
    // Thirty of one class to three of the other.
    const few = trainingRows.filter((row) => classes[row] === 0 || row < 8);
    const lopsided = { ...set, embeddings: mixed, classes, trainingRows: few };
    const options = fitOptions({ earlyStopping: false });
    const rareShare = async (balancedClassWeights: boolean) => {
      const { head } = await fit(engine, lopsided, { ...options, balancedClassWeights });
      const probabilities = await engine.predict(head, mixed);
      return probabilities.filter((_, index) => index % 2 === 1).reduce((sum, p) => sum + p, 0);
    };
    expect(await rareShare(true)).toBeGreaterThan(1.05 * (await rareShare(false)));
  });
});

describe('classifying', () => {
  it('answers files and frames while it embeds', async () => {
    const engine = await startEngine('wasm');
    const items = await drawItems(24);
    const reports = await embedAll(engine, items);
    const embeddings = new Float32Array(24 * 32);
    reports.forEach((report, row) => {
      if ('embedding' in report) embeddings.set(report.embedding, row * 32);
    });
    const set = {
      embeddings,
      embeddingLength: 32,
      classes: Int32Array.from({ length: 24 }, (_, row) => row % 2),
      classIds: ['stripes', 'discs'],
      trainingRows: Int32Array.from({ length: 24 }, (_, row) => row),
      validationRows: new Int32Array(),
    };
    const { head } = await fit(engine, set, fitOptions({ epochs: 30 }));
    await engine.useHead(head);
    const before = await engine.memory();

    const busy = embedAll(engine, await drawItems(40));
    const stripes = await drawPicture('stripes', 99);
    const discs = await createImageBitmap(await drawPicture('discs', 98));
    const answers = [
      await engine.classify(stripes, 'centre'),
      await engine.classify(discs, 'centre'),
    ];
    await busy;
    const likeliest = answers.map((answer) => {
      if (!answer.ok) throw new Error(answer.problem.code);
      const [first = 0, second = 0] = answer.value.probabilities;
      expect(first + second).toBeCloseTo(1, 5);
      return first > second ? 'stripes' : 'discs';
    });
    expect(likeliest).toEqual(['stripes', 'discs']);
    expect(discs.width).toBe(0);
    const text = new File(['no picture'], 'notes.txt');
    expect(await engine.classify(text, 'centre')).toEqual({
      ok: false,
      problem: { code: 'file-not-an-image', file: 'notes.txt' },
    });
    expect((await engine.memory()).numTensors).toBe(before.numTensors);
    engine.dispose();
  });
});
