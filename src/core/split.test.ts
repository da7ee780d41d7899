import { expect, test } from 'vitest';
import { at } from './at.ts';
import { splitSamples } from './split.ts';
import type { SplitItem } from './split.ts';

const hashOf = (number: number) =>
  (Math.imul(number + 1, 0x9e3779b9) >>> 0).toString(16).padStart(8, '0').repeat(8);

const makeItems = (counts: readonly number[]): SplitItem[] =>
  counts.flatMap((count, classIndex) =>
    Array.from({ length: count }, (_, index) => ({
      hash: hashOf(classIndex * 10_000 + index),
      classIndex,
    })),
  );

const hashes = (items: readonly SplitItem[], indices: Int32Array) =>
  Array.from(indices, (index) => at(items, index).hash);

const countOf = (items: readonly SplitItem[], indices: Int32Array, classIndex: number) =>
  indices.filter((index) => at(items, index).classIndex === classIndex).length;

test('a share of each class is kept aside, and nothing is lost', () => {
  const items = makeItems([60, 10, 25]);
  const { training, validation } = splitSamples(items, 0.2, 1);
  expect([0, 1, 2].map((index) => countOf(items, validation, index))).toEqual([12, 2, 5]);
  expect([...training, ...validation].sort((a, b) => a - b)).toEqual(
    items.map((_, index) => index),
  );
});

test.each([
  [1, 1, 0],
  [2, 1, 1],
  [3, 2, 1],
  [4, 3, 1],
  [8, 6, 2],
])('%i pictures of a class: %i to learn from, %i to judge by', (count, training, validation) => {
  const items = makeItems([count, 40]);
  const split = splitSamples(items, 0.2, 1);
  expect(countOf(items, split.training, 0)).toBe(training);
  expect(countOf(items, split.validation, 0)).toBe(validation);
});

test('even a huge share leaves one to learn from; none keeps nothing aside', () => {
  const items = makeItems([5, 5]);
  expect(splitSamples(items, 1, 1).training).toHaveLength(2);
  expect(splitSamples(items, 0, 1).validation).toHaveLength(0);
  expect(splitSamples([], 0.2, 1).training).toHaveLength(0);
});

test('the order that pictures came in makes no difference', () => {
  const items = makeItems([30, 20]);
  const reversed = items.toReversed();
  const split = splitSamples(items, 0.2, 3);
  const other = splitSamples(reversed, 0.2, 3);
  expect(hashes(reversed, other.validation)).toEqual(hashes(items, split.validation));
  expect(hashes(reversed, other.training)).toEqual(hashes(items, split.training));
});

test('another seed keeps others aside', () => {
  const items = makeItems([50, 50]);
  expect(splitSamples(items, 0.2, 1).validation).not.toEqual(
    splitSamples(items, 0.2, 2).validation,
  );
});

test('one more picture moves at most one other of its class across', () => {
  const items = makeItems([50, 50]);
  const before = new Set(hashes(items, splitSamples(items, 0.2, 1).validation));
  const more = [...items, { hash: hashOf(77_777), classIndex: 0 }];
  const after = hashes(more, splitSamples(more, 0.2, 1).validation);
  expect(after.filter((hash) => !before.has(hash)).length).toBeLessThanOrEqual(1);
});

test('equal pictures stay on one side', () => {
  const items = [...makeItems([20, 20]), ...makeItems([20, 20])];
  const { training, validation } = splitSamples(items, 0.25, 1);
  const learned = new Set(hashes(items, training));
  expect(validation).toHaveLength(20);
  expect(hashes(items, validation).filter((hash) => learned.has(hash))).toEqual([]);
});

test('a picture in two classes is never judged on', () => {
  const shared = hashOf(123);
  const items = [
    ...makeItems([3, 3]),
    { hash: shared, classIndex: 0 },
    { hash: shared, classIndex: 1 },
  ];
  for (let seed = 0; seed < 20; seed++) {
    expect(hashes(items, splitSamples(items, 0.5, seed).validation)).not.toContain(shared);
  }
});
