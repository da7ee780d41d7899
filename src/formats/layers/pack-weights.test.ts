import { expect, test } from 'vitest';
import { halfToSingle } from '../../network/read/weights.ts';
import { singleToHalf } from './pack-weights.ts';

test('every half comes back as it was', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfToSingle(bits);
    if (!Number.isNaN(value)) expect(singleToHalf(value)).toBe(bits);
  }
  expect(halfToSingle(singleToHalf(NaN))).toBeNaN();
});

test.each([
  [1 + 2 ** -11, 1],
  [1 + 3 * 2 ** -11, 1 + 2 ** -9],
  [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [2 - 2 ** -12, 2],
  [65519, 65504],
  [65520, Infinity],
  [-1e9, -Infinity],
  [2 ** -25, 0],
  [3 * 2 ** -25, 2 ** -23],
])('%f becomes its nearest half, ties to even', (value, wanted) => {
  expect(halfToSingle(singleToHalf(value))).toBe(wanted);
});
