/** Both solvers, through the worker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochReport } from '../core/head.ts';
import { Cancelled } from '../core/problem.ts';
import { createRandom } from '../core/random.ts';
import { createEngine, type EngineClient } from './client.ts';
import { accuracyOf, fit } from './testing/fit.ts';
import { placeSet } from './testing/rows.ts';
import { fitOptions, separableSet } from './testing/training-sets.ts';

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
    const fitted = await engine.fit(await placeSet(engine, separableSet()), options, {
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
    const large = await placeSet(engine, separableSet(3, 20, 100, 1024));
    const cancelling = new AbortController();
    const cancelled = engine.fit(large, options, {
      signal: cancelling.signal,
      onReport: () => {
        cancelling.abort();
      },
    });
    await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
    const stopping = new AbortController();
    const stopped = await engine.fit(large, options, {
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

describe('fitting step by step', () => {
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
    const fitted = await engine.fit(
      await placeSet(engine, separableSet()),
      fitOptions({ epochs: 10_000 }),
      {
        stop: stop.signal,
        onReport: ({ epoch }) => {
          if (epoch === 3) stop.abort();
        },
      },
    );
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
      const { space, rows } = await placeSet(engine, lopsided);
      const probabilities = await engine.predict(head, space, rows);
      return probabilities.filter((_, index) => index % 2 === 1).reduce((sum, p) => sum + p, 0);
    };
    expect(await rareShare(true)).toBeGreaterThan(1.05 * (await rareShare(false)));
  });
});
