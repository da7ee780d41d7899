import { expect, test } from 'vitest';
import { DEFAULT_TRAINING_OPTIONS } from './default-options.ts';
import {
  batchSizeFor,
  canStopEarly,
  epochsFor,
  l2For,
  refitEpochs,
  resolveOptions,
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
