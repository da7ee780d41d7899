import { expect, test } from 'vitest';
import { chooseL2 } from './choose-l2.ts';

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
