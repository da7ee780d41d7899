import { expect, test } from 'vitest';
import { DEFAULT_TRAINING_OPTIONS } from './default-options.ts';
import {
  batchSizeFor,
  canStopEarly,
  epochsFor,
  l2For,
  refitEpochs,
  resolveOptions,
  learningRateAt,
  chooseL2,
} from './recipe.ts';

test('a value that a person chose is kept, the others are decided', () => {
  const resolved = resolveOptions(
    { ...DEFAULT_TRAINING_OPTIONS, learningRate: 0.5 },
    { samples: 360, rows: 288, embeddingLength: 1280 },
  );
  expect(resolved.learningRate).toBe(0.5);
  expect(resolved.epochs).toBe(60);
  expect(resolved.batchSize).toBe(32);
  expect(resolved.l2).toBeCloseTo(0.07 * Math.sqrt(100 / 288), 12);
});

test('a batch never holds more rows than there are', () => {
  expect(batchSizeFor(4)).toBe(4);
  expect(batchSizeFor(360)).toBe(32);
  expect(batchSizeFor(10_000)).toBe(256);
  expect(batchSizeFor(1)).toBe(1);
});

test('more samples mean fewer epochs and a weaker penalty', () => {
  expect([epochsFor(6), epochsFor(2000), epochsFor(10_000)]).toEqual([60, 40, 25]);
  expect(l2For(400)).toBeLessThan(l2For(100));
});

test('a small validation part does not choose the epoch', () => {
  expect(canStopEarly(12, 6)).toBe(false);
  expect(canStopEarly(20, 6)).toBe(true);
  expect(canStopEarly(30, 20)).toBe(false);
});

test('the refit runs at least a third of the horizon and never past it', () => {
  expect(refitEpochs(3, 60)).toBe(20);
  expect(refitEpochs(44, 60)).toBe(44);
  expect(refitEpochs(70, 60)).toBe(60);
});

const rates = (schedule: 'constant' | 'cosine' | 'step', warmup: number, steps = 100) =>
  Array.from({ length: steps }, (_, step) =>
    learningRateAt(step, steps, { learningRate: 0.1, schedule, warmup }),
  );

test('constant stays at the peak', () => {
  expect(new Set(rates('constant', 0))).toEqual(new Set([0.1]));
});

test('cosine falls from the peak over its half to almost nothing', () => {
  const values = rates('cosine', 0);
  expect(values[0]).toBe(0.1);
  expect(values[50]).toBeCloseTo(0.05, 10);
  expect(values[99]).toBeGreaterThan(0);
  expect(values[99]).toBeLessThan(0.001);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
});

test('step falls to a tenth at one half and again at three quarters', () => {
  const values = rates('step', 0);
  expect([values[0], values[49], values[50], values[74], values[75], values[99]]).toEqual([
    0.1, 0.1, 0.01, 0.01, 0.001, 0.001,
  ]);
});

test.each(['constant', 'cosine', 'step'] as const)('%s warms up in a straight line', (schedule) => {
  const values = rates(schedule, 0.1);
  expect(values.slice(0, 10)).toEqual(
    Array.from({ length: 10 }, (_, step) => expect.closeTo(0.01 * (step + 1), 10) as number),
  );
  expect(values[10]).toBeCloseTo(0.1, 10);
});

test('very few steps, or nothing but warm-up, still give rates', () => {
  expect(rates('cosine', 0.05, 1)).toEqual([0.1]);
  expect(rates('cosine', 1, 4)).toEqual([0.025, 0.05, expect.closeTo(0.075) as number, 0.1]);
});

const curve = (losses: readonly number[], standardError: number) =>
  losses.map((loss, index) => ({ l2: 2 ** -index, loss, standardError }));

test('what is within one standard error of the best is as good: the nearest to the usual one', () => {
  const candidates = curve([0.5, 0.45, 0.41, 0.4, 0.44], 0.02);
  expect(chooseL2(candidates, 0.5)).toBe(2);
  expect(chooseL2(candidates, 1 / 16)).toBe(3);
});

test('a validation part that says nothing leaves the usual one; one that is sure overrules it', () => {
  const losses = [0.5, 0.45, 0.41, 0.4, 0.44];
  expect(chooseL2(curve(losses, 1), 0.5)).toBe(1);
  expect(chooseL2(curve(losses, 1e-6), 1)).toBe(3);
});

test('there is nothing to choose where there are none', () => {
  expect(chooseL2([], 1)).toBe(-1);
});
