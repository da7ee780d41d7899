import { expect, test } from 'vitest';
import { evaluate, judge, mostConfused, tooFewToTrust, wilsonInterval } from './evaluation.ts';

const oneHot = (answers: readonly number[], classCount: number) =>
  Float32Array.from(
    answers.flatMap((answer) =>
      Array.from({ length: classCount }, (_, index) =>
        index === answer ? 0.8 : 0.2 / (classCount - 1),
      ),
    ),
  );

test('judge takes the most probable class and its probability', () => {
  const { predicted, confidence } = judge(Float32Array.of(0.2, 0.5, 0.3, 0.6, 0.1, 0.3), 3);
  expect([...predicted]).toEqual([1, 0]);
  expect([...confidence]).toEqual([0.5, expect.closeTo(0.6, 6)]);
});

test('judge answers the first of equals, and something where a probability is not a number', () => {
  const { predicted, confidence } = judge(Float32Array.of(0.5, 0.5, NaN, NaN), 2);
  expect([...predicted]).toEqual([0, 0]);
  expect([...confidence]).toEqual([0.5, 0]);
});

test('evaluate counts right answers, mistakes, precision, recall and F1', () => {
  const actual = Int32Array.of(0, 0, 0, 1, 1, 2);
  const evaluation = evaluate(actual, oneHot([0, 0, 1, 1, 1, 0], 3), 3);
  expect(evaluation.count).toBe(6);
  expect(evaluation.accuracy).toBeCloseTo(4 / 6);
  expect(evaluation.confusion).toEqual([
    [2, 1, 0],
    [0, 2, 0],
    [1, 0, 0],
  ]);
  expect(evaluation.perClass).toEqual([
    { precision: 2 / 3, recall: 2 / 3, f1: expect.closeTo(2 / 3) as number, count: 3 },
    { precision: 2 / 3, recall: 1, f1: expect.closeTo(0.8) as number, count: 2 },
    // Never answered: no precision; none right: recall 0.
    { precision: null, recall: 0, f1: null, count: 1 },
  ]);
});

test('evaluate of nothing knows nothing', () => {
  const evaluation = evaluate(new Int32Array(), new Float32Array(), 2);
  expect(evaluation).toMatchObject({ count: 0, accuracy: 0, interval: [0, 1] });
  expect(evaluation.perClass[0]).toEqual({ precision: null, recall: null, f1: null, count: 0 });
});

test.each([
  [0, 10],
  [10, 10],
  [5, 10],
  [81, 263],
  [112, 120],
])('Wilson: the bounds for %i of %i lie 1.96 of their own standard errors away', (right, count) => {
  const share = right / count;
  for (const bound of wilsonInterval(right, count)) {
    const error = 1.959964 * Math.sqrt((bound * (1 - bound)) / count);
    expect(Math.abs(share - bound)).toBeCloseTo(error, 6);
  }
});

test('Wilson: the example of R. G. Newcombe (1998), 81 of 263', () => {
  expect(wilsonInterval(81, 263).map((bound) => bound.toFixed(4))).toEqual(['0.2553', '0.3662']);
});

test('the pair that is mixed up most comes first, with both directions', () => {
  const pairs = mostConfused([
    [15, 1, 4],
    [0, 20, 0],
    [1, 1, 18],
  ]);
  expect(pairs).toEqual([
    { pair: [0, 2], mistakes: 5, of: 40 },
    // Equally often as classes 2 and 1 but of as many pictures: in class order.
    { pair: [0, 1], mistakes: 1, of: 40 },
    { pair: [2, 1], mistakes: 1, of: 40 },
  ]);
  expect(
    mostConfused([
      [3, 0],
      [0, 3],
    ]),
  ).toEqual([]);
});

test.each([
  [8, 8, true],
  [19, 19, true],
  [20, 20, false],
  [15, 20, true],
  [33, 40, false],
  [60, 120, false],
])('%i of %i right: too few to trust is %s', (right, count, expected) => {
  expect(tooFewToTrust({ count, interval: wilsonInterval(right, count) })).toBe(expected);
});
