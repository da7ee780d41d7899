import { expect, test } from 'vitest';
import { formatAtMost } from './format.ts';

test.each([
  [0, '0.001'],
  [6.4e-10, '0.001'],
  [1e-5, '0.001'],
  [0.0183, '1.9'],
  [0.02, '2'],
  [0.4804, '49'],
  [1, '100'],
])('%f is at most %s %%', (share, shown) => {
  expect(formatAtMost(share)).toBe(`${shown}\u202F%`);
});
