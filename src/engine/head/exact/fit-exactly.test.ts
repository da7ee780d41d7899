import { describe, expect, test } from 'vitest';
import { at } from '../../../core/at.ts';
import { judge } from '../../../core/evaluation.ts';
import type { Head } from '../../../core/head.ts';
import type { FitOptions } from '../../../core/options.ts';
import { Cancelled } from '../../../core/problem.ts';
import { createRandom } from '../../../core/random.ts';
import fixture from '../../testing/head-fixture.json';
import { fitSetFrom } from '../../testing/fit.ts';
import type { FlatSet } from '../../testing/rows.ts';
import { answer, fitOptions, separableSet } from '../../testing/training-sets.ts';
import type { HeadFit } from '../fit-set.ts';
import { fitExactly } from './fit-exactly.ts';
import { createTypedArrays } from './linear-algebra.ts';

const silent = () => undefined;

function signals() {
  const [cancel, stop] = [new AbortController(), new AbortController()];
  return { cancel, stop, both: { cancel: cancel.signal, stop: stop.signal } };
}

function fit(set: FlatSet, changes: Partial<FitOptions> = {}): Promise<HeadFit> {
  return fitExactly(fitSetFrom(set), exact(changes), silent, signals().both);
}

function exact(changes: Partial<FitOptions> = {}): FitOptions {
  return fitOptions({ solver: 'exact', l2: 0.01, ...changes });
}

/** All rows are learned from. */
function whole(set: FlatSet): FlatSet {
  const trainingRows = Int32Array.from(set.classes.keys());
  return { ...set, trainingRows, validationRows: new Int32Array(0) };
}

/** Classes that overlap, so that there is an optimum to speak of. */
function overlapping(seed = 1, classCount = 3, perClass = 20, length = 16): FlatSet {
  const set = separableSet(seed, classCount, perClass, length);
  const random = createRandom(seed);
  return { ...set, embeddings: set.embeddings.map((value) => value + 6 * random.normal()) };
}

/** Mean weighted cross-entropy and penalty of a head, in double precision, from its definition. */
function objectiveOf(
  { layers: [layer] }: Head,
  set: FlatSet,
  { l2, labelSmoothing, balancedClassWeights }: FitOptions,
): number {
  if (!layer) throw new Error('no layer');
  const { embeddings, embeddingLength: length, classes, classIds, trainingRows } = set;
  const n = trainingRows.length;
  const counts = classIds.map((_, index) => trainingRows.filter((row) => classes[row] === index));
  const present = counts.filter(({ length: count }) => count > 0).length;
  let loss = 0;
  for (const row of trainingRows) {
    const embedding = embeddings.subarray(row * length, (row + 1) * length);
    const probabilities = answer(layer, embedding);
    const wanted = at(classes, row);
    const weight = balancedClassWeights ? n / (present * at(counts, wanted).length) : 1;
    for (const [unit, probability] of probabilities.entries()) {
      const target = labelSmoothing / classIds.length + (unit === wanted ? 1 - labelSmoothing : 0);
      loss -= weight * target * Math.log(probability);
    }
  }
  // The kernel of standardised features is the raw one's times the one scale.
  const mean = Array.from({ length }, (_, i) =>
    trainingRows.reduce((sum, row) => sum + at(embeddings, row * length + i) / n, 0),
  );
  const variance = trainingRows.reduce(
    (sum, row) =>
      sum + mean.reduce((own, m, i) => own + (at(embeddings, row * length + i) - m) ** 2, 0),
    0,
  );
  const squares = layer.kernel.reduce((sum, weight) => sum + weight * weight, 0);
  return loss / n + (l2 / 2) * squares * (variance / (n * length));
}

describe('beside scikit-learn, on real embeddings', () => {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
  const { embeddingLength } = fixture;
  const train = whole({
    embeddings: Float32Array.from(bytes(fixture.train)),
    embeddingLength,
    classes: Int32Array.from(fixture.trainClasses),
    classIds: ['dress', 'hat', 'longsleeve', 'pants', 'shoes', 'shorts'],
    trainingRows: new Int32Array(0),
    validationRows: new Int32Array(0),
  });
  const test8 = Float32Array.from(bytes(fixture.test));

  test.each(fixture.optima)('λ = $l2, balanced: $balanced', async (optimum) => {
    const changes = { l2: optimum.l2, balancedClassWeights: optimum.balanced };
    const { head } = await fit(train, changes);
    const found = objectiveOf(head, train, exact(changes));
    expect(Math.abs(found / optimum.objective - 1)).toBeLessThan(1e-4);
    const probabilities = fixture.testClasses.flatMap((_, row) =>
      answer(
        at(head.layers, 0),
        test8.subarray(row * embeddingLength, (row + 1) * embeddingLength),
      ),
    );
    const { predicted } = judge(Float32Array.from(probabilities), head.classIds.length);
    const right = predicted.filter((one, row) => one === fixture.testClasses[row]).length;
    expect(right).toBeGreaterThanOrEqual(optimum.right - 1);
  });
});

describe('the optimum', () => {
  test.each<[string, Partial<FitOptions>]>([
    ['plain', {}],
    ['smoothed', { labelSmoothing: 0.2 }],
    ['balanced', { balancedClassWeights: true }],
    ['both, strongly penalised', { labelSmoothing: 0.1, balancedClassWeights: true, l2: 1 }],
  ])('%s: no change of a weight leads lower', async (_, changes) => {
    const full = overlapping(2, 3, 30);
    const set = {
      ...full,
      trainingRows: full.trainingRows.filter((row) => row % 3 !== 0 || row < 30),
    };
    const { head } = await fit(set, changes);
    const [layer] = head.layers;
    if (!layer) throw new Error('no layer');
    const objective = objectiveOf(head, set, exact(changes));
    for (const part of ['kernel', 'bias'] as const) {
      for (let index = 0; index < layer[part].length; index++) {
        for (const change of [-0.02, 0.02]) {
          const moved = {
            ...layer,
            [part]: layer[part].with(index, at(layer[part], index) + change),
          };
          const other = objectiveOf({ ...head, layers: [moved] }, set, exact(changes));
          expect(other).toBeGreaterThan(objective * (1 - 1e-4));
        }
      }
    }
  });

  test('is the same with more rows than features as with fewer', async () => {
    const few = whole(overlapping(3, 3, 8, 40));
    const often = 4;
    const many = whole({
      ...few,
      embeddings: Float32Array.from(
        Array.from({ length: often }, () => [...few.embeddings]).flat(),
      ),
      classes: Int32Array.from(Array.from({ length: often }, () => [...few.classes]).flat()),
    });
    expect(few.classes.length).toBeLessThan(few.embeddingLength);
    expect(many.classes.length).toBeGreaterThan(many.embeddingLength);
    const [one, other] = [await fit(few), await fit(many)];
    const objective = objectiveOf(one.head, few, exact());
    expect(Math.abs(objectiveOf(other.head, few, exact()) / objective - 1)).toBeLessThan(1e-4);
  });

  test('is reached by both ways', async () => {
    const set = overlapping(4);
    const plain = await fitExactly(
      fitSetFrom(set),
      exact(),
      silent,
      signals().both,
      createTypedArrays(),
    );
    const objective = objectiveOf((await fit(set)).head, set, exact());
    expect(Math.abs(objectiveOf(plain.head, set, exact()) / objective - 1)).toBeLessThan(1e-4);
  });

  test('is found again bit for bit', async () => {
    const options = { l2Candidates: [1, 0.1, 0.01, 0.001] };
    const [one, other] = [await fit(overlapping(5), options), await fit(overlapping(5), options)];
    expect(other).toEqual(one);
  });
});

describe('hard sets', () => {
  const finite = ({ head }: HeadFit) =>
    head.layers.every(({ kernel, bias }) => [...kernel, ...bias].every(Number.isFinite));

  test('separable without a penalty: it ends, and is right', async () => {
    const fitted = await fit(separableSet(), { l2: 0 });
    expect(finite(fitted)).toBe(true);
    expect(fitted.history.at(-1)).toMatchObject({ accuracy: 1, validationAccuracy: 1 });
  });

  test.each([false, true])(
    'a class without rows is never the answer; balanced: %s',
    async (balancedClassWeights) => {
      const set = separableSet(6);
      const without = {
        ...set,
        trainingRows: set.trainingRows.filter((row) => set.classes[row] !== 1),
      };
      const fitted = await fit(without, { balancedClassWeights });
      expect(finite(fitted)).toBe(true);
      expect(fitted.history.at(-1)?.accuracy).toBe(1);
    },
  );

  test('features that never change, all of them, and two rows', async () => {
    const set = separableSet(7, 2, 10, 8);
    const constant = set.embeddings.map((value, index) => (index % 8 < 4 ? 3 : value));
    expect(finite(await fit({ ...set, embeddings: constant }))).toBe(true);
    const still = await fit(whole({ ...set, embeddings: set.embeddings.map(() => 3) }));
    expect(finite(still)).toBe(true);
    expect(still.history.at(-1)?.loss).toBeCloseTo(Math.log(2), 5);
    const two = await fit({ ...set, trainingRows: Int32Array.of(0, 1) });
    expect(two.history.at(-1)?.accuracy).toBe(1);
  });

  test('what is no number is refused', async () => {
    const set = separableSet();
    await expect(fit({ ...set, embeddings: set.embeddings.fill(NaN) })).rejects.toThrow(
      'no numbers',
    );
  });
});

describe('the path of penalties', () => {
  const path = { l2: 0.03, l2Candidates: [0.03, 1, 0.001] };

  test('goes from strong to weak, and keeps the last iteration of the one it chooses', async () => {
    const { history, bestEpoch, l2 } = await fit(overlapping(8), path);
    const strengths = history.map((report) => report.l2);
    expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
    expect(new Set(strengths)).toEqual(new Set([1, 0.03, 0.001]));
    expect(history[bestEpoch - 1]?.l2).toBe(l2);
    expect(history[bestEpoch]?.l2).not.toBe(l2);
    expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, index) => index + 1));
  });

  test('gives what that one alone gives', async () => {
    const set = overlapping(9);
    const chosen = await fit(set, path);
    const options = exact({ l2: chosen.l2 });
    const alone = await fit(set, options);
    const objective = objectiveOf(alone.head, set, options);
    expect(Math.abs(objectiveOf(chosen.head, set, options) / objective - 1)).toBeLessThan(1e-4);
  });

  test('without rows to choose by there is only the one that is given', async () => {
    const { history, l2 } = await fit(whole(overlapping(8)), path);
    expect(l2).toBe(0.03);
    expect(new Set(history.map((report) => report.l2))).toEqual(new Set([0.03]));
    expect(history.every(({ validationLoss }) => validationLoss === null)).toBe(true);
  });
});

describe('from a head that is there', () => {
  test('reaches the same optimum in fewer iterations', async () => {
    const set = overlapping(10, 4, 40, 64);
    const before = { ...set, trainingRows: set.trainingRows.slice(3) };
    const { head: start } = await fit(before);
    const [cold, warm] = [await fit(set), await fit(set, { start })];
    const objective = objectiveOf(cold.head, set, exact());
    expect(Math.abs(objectiveOf(warm.head, set, exact()) / objective - 1)).toBeLessThan(1e-4);
    expect(warm.history.length).toBeLessThan(cold.history.length);
  });

  test('one of other classes or embeddings does no harm', async () => {
    const set = overlapping(11);
    const { head } = await fit(set);
    const objective = objectiveOf(head, set, exact());
    const renamed = { ...head, classIds: ['class-2', 'new', 'class-0'] };
    const longer = { ...head, embeddingLength: 99 };
    for (const start of [renamed, longer]) {
      const found = objectiveOf((await fit(set, { start })).head, set, exact());
      expect(Math.abs(found / objective - 1)).toBeLessThan(1e-4);
    }
  });
});

describe('on its way', () => {
  test('cancelled, it rejects', async () => {
    const { cancel, both } = signals();
    const cancelled = fitExactly(fitSetFrom(overlapping()), exact(), () => cancel.abort(), both);
    await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
  });

  test('stopped, it keeps what it has', async () => {
    const { stop, both } = signals();
    const options = exact({ l2: 0.03, l2Candidates: [1, 0.03, 0.001] });
    const whole = await fitExactly(fitSetFrom(overlapping(12)), options, silent, signals().both);
    const fitted = await fitExactly(
      fitSetFrom(overlapping(12)),
      options,
      ({ epoch }) => {
        if (epoch === 4) stop.abort();
      },
      both,
    );
    expect(fitted.stopped).toBe(true);
    expect(fitted.history).toEqual(whole.history.slice(0, 4));
    expect(fitted.bestEpoch).toBeLessThanOrEqual(4);
  });
});
