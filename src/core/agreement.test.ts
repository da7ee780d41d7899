import { describe, expect, it } from 'vitest';
import { compareAnswers, judgeAgreement } from './agreement.ts';

const OURS = Float32Array.of(0.7, 0.3, 0.4, 0.6);

describe('compares two runs', () => {
  it('picture by picture', () => {
    const theirs = Float32Array.of(0.5, 0.5, 0.65, 0.35);
    const { pictures, same, largestDifference } = compareAnswers(OURS, theirs, 2);
    expect([pictures, same]).toEqual([2, 1]);
    expect(largestDifference).toBeCloseTo(0.25, 6);
  });

  it('a value that is no number differs as much as can be', () => {
    expect(compareAnswers(OURS, Float32Array.of(NaN, 0.3, 0.4, 0.6), 2).largestDifference).toBe(1);
  });

  it('none with none', () => {
    const none = compareAnswers(new Float32Array(), new Float32Array(), 3);
    expect(none).toEqual({ pictures: 0, same: 0, largestDifference: 0 });
  });

  it('not runs of other sizes', () => {
    expect(() => compareAnswers(OURS, OURS.subarray(2), 2)).toThrow(RangeError);
    expect(() => compareAnswers(OURS, OURS, 3)).toThrow(RangeError);
  });
});

it.each([
  [100, 100, 1e-6, 'exact'],
  [100, 100, 0.01, 'close'],
  [100, 98, 0.2, 'close'],
  [100, 97, 0.2, 'differs'],
  [100, 94, 0.2, 'unusable'],
] as const)('of %i pictures %i the same, at most %f apart: %s', (pictures, same, most, verdict) => {
  expect(judgeAgreement({ pictures, same, largestDifference: most })).toBe(verdict);
});
