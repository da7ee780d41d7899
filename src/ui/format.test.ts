import { expect, test } from 'vitest';
import { formatAgo, formatAtMost } from './format.ts';

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

test('how long ago something was', () => {
  expect(formatAgo(59_000)).toBeNull();
  expect(formatAgo(5 * 60_000)).toBe('5 minutes ago');
  expect(formatAgo(3 * 3_600_000)).toBe('3 hours ago');
  expect(formatAgo(86_400_000)).toBe('yesterday');
  expect(formatAgo(800 * 86_400_000)).toBe('2 years ago');
});
