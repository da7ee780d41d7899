import { expect, test } from 'vitest';
import { learningRateAt } from './schedule.ts';

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
