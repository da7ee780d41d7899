import { describe, expect, test } from 'vitest';
import { DEFAULT_TRAINING_OPTIONS } from '../../core/default-options.ts';
import type { Head } from '../../core/head.ts';
import type { FitOptions, TrainingOptions } from '../../core/options.ts';
import { ok } from '../../core/problem.ts';
import { l2For } from '../../core/recipe.ts';
import { fitHead, refitHead, type Fit } from './train-classifier.ts';
import type { FitSet, HeadFit } from './fit-set.ts';

const CLASSES = 2;

/** Every fifth row validates. */
function prepare(count: number): FitSet {
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    at: () => new Float32Array(4),
    embeddingLength: 4,
    classes: Int32Array.from(rows, (row) => row % CLASSES),
    classIds: ['a', 'b'],
    trainingRows: Int32Array.from(rows.filter((row) => row % 5 !== 4)),
    validationRows: Int32Array.from(rows.filter((row) => row % 5 === 4)),
  };
}

const HEAD: HeadFit = {
  head: { embeddingLength: 4, layers: [], classIds: ['a', 'b'] },
  history: [],
  bestEpoch: 3,
  l2: 4 * l2For(160),
  stopped: false,
};

/** What the solver is asked for, by fit and refit. */
async function ask(count: number, changes: Partial<TrainingOptions>, start: Head | null = null) {
  const asked: FitOptions[] = [];
  const solver: Fit = (_, options) => {
    asked.push(options);
    return Promise.resolve(ok(HEAD));
  };
  const options = { ...DEFAULT_TRAINING_OPTIONS, ...changes };
  await fitHead(solver, prepare(count), options, start, () => undefined);
  await refitHead(solver, prepare(count), options, HEAD, start);
  const [fit, refit] = asked;
  if (!fit || !refit) throw new Error('not asked twice');
  return { fit, refit };
}

describe('the exact solver', () => {
  test('chooses its penalty where the validation part is large enough', async () => {
    const { fit } = await ask(200, {});
    expect(fit.solver).toBe('exact');
    expect(fit.l2Candidates).toContain(l2For(160));
    expect((await ask(50, {})).fit.l2Candidates).toEqual([]);
  });

  test('refits from the judged head, as far from the usual penalty as that one was', async () => {
    const { refit } = await ask(200, {});
    expect(refit).toMatchObject({ l2Candidates: [], start: HEAD.head });
    expect(refit.l2).toBeCloseTo(4 * l2For(200), 10);
  });

  test('begins at a head from before, except along a path of penalties', async () => {
    const before: Head = { embeddingLength: 4, layers: [], classIds: ['b', 'a'] };
    const few = await ask(50, {}, before);
    expect([few.fit.start, few.refit.start]).toEqual([before, before]);
    const many = await ask(200, {}, before);
    expect([many.fit.start, many.refit.start]).toEqual([null, before]);
    const stepwise = await ask(200, { solver: 'step-by-step' }, before);
    expect([stepwise.fit.start, stepwise.refit.start]).toEqual([null, null]);
  });

  test('keeps to a penalty that is given', async () => {
    const { fit, refit } = await ask(200, { l2: 0.5 });
    expect(fit).toMatchObject({ l2: 0.5, l2Candidates: [] });
    expect(refit.l2).toBe(0.5);
  });
});

test.each<Partial<TrainingOptions>>([
  { solver: 'step-by-step' },
  { hiddenUnits: [8] },
  { loss: 'mean-squared-error' },
  { optimizer: 'sgd' },
])('step by step with %j, by its own recipe', async (changes) => {
  const { fit, refit } = await ask(200, changes);
  expect(fit.solver).toBe('step-by-step');
  expect(refit).toMatchObject({ solver: 'step-by-step', start: null, l2: l2For(200) });
});
