import { describe, expect, test } from 'vitest';
import { DEFAULT_TRAINING_OPTIONS } from '../../core/default-options.ts';
import type { Head } from '../../core/head.ts';
import type { FitOptions, TrainingOptions } from '../../core/options.ts';
import { ok } from '../../core/problem.ts';
import { l2For } from '../../core/recipe.ts';
import type { HeadFit, TrainingSet } from '../../engine/contract.ts';
import { fitHead, refitHead } from './fit.ts';
import type { PreparedData } from './training-set.ts';

const CLASSES = 2;

/** Every fifth row validates. */
function prepare(count: number): PreparedData {
  const rows = Array.from({ length: count }, (_, row) => row);
  const embeddings = new Float32Array(count * 4);
  const classes = Int32Array.from(rows, (row) => row % CLASSES);
  const pictures = { sampleIds: rows.map(String), classes, embeddings };
  const set: TrainingSet = {
    embeddings,
    embeddingLength: 4,
    classes,
    classIds: ['a', 'b'],
    trainingRows: Int32Array.from(rows.filter((row) => row % 5 !== 4)),
    validationRows: Int32Array.from(rows.filter((row) => row % 5 === 4)),
  };
  const labels = set.classIds.map((id) => ({ id, label: id }));
  return { classes: labels, embeddingLength: 4, train: pictures, test: pictures, set };
}

const HEAD: HeadFit = {
  head: { embeddingLength: 4, layers: [], classIds: ['a', 'b'] },
  history: [],
  bestEpoch: 3,
  l2: 4 * l2For(160),
  stopped: false,
};

/** What the engine is asked for, by fit and refit. */
async function ask(count: number, changes: Partial<TrainingOptions>, start: Head | null = null) {
  const asked: FitOptions[] = [];
  const engine = {
    trainHead: (_: TrainingSet, options: FitOptions) => {
      asked.push(options);
      return Promise.resolve(ok(HEAD));
    },
  };
  const options = { ...DEFAULT_TRAINING_OPTIONS, ...changes };
  await fitHead(engine, prepare(count), options, start, {});
  await refitHead(engine, prepare(count), options, HEAD, start, {});
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
