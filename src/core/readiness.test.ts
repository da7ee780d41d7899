import { expect, test } from 'vitest';
import type { ClassLabel, Sample } from './dataset.ts';
import { advice, readiness } from './readiness.ts';
import { madeSample } from './testing/random-edits.ts';

const classes = (...labels: string[]): ClassLabel[] =>
  labels.map((label) => ({ id: `id-${label}`, label }));

const samples = (label: string, count: number, change: Partial<Sample> = {}): Sample[] =>
  Array.from({ length: count }, (_, index) => ({
    ...madeSample(index, `id-${label}`, 0),
    id: `${label}-${String(index)}`,
    ...change,
  }));

test('two classes of two pictures can be trained', () => {
  expect(readiness(classes('a', 'b'), [...samples('a', 2), ...samples('b', 2)])).toEqual([]);
});

test('too few classes, an empty one and one too small are all said at once', () => {
  expect(readiness([], [])).toEqual([{ code: 'too-few-classes', classes: 0 }]);
  expect(readiness(classes('a'), samples('a', 9))).toEqual([
    { code: 'too-few-classes', classes: 1 },
  ]);
  expect(readiness(classes('a', 'b', 'c'), [...samples('a', 5), ...samples('c', 1)])).toEqual([
    { code: 'class-empty', label: 'b' },
    { code: 'class-too-small', label: 'c', images: 1, minImages: 2 },
  ]);
});

test('pictures to judge by and pictures without a label do not count', () => {
  const some = [
    ...samples('a', 5),
    ...samples('b', 5, { purpose: 'judge' }),
    ...samples('c', 5, { classId: null }),
  ];
  expect(readiness(classes('a', 'b', 'c'), some)).toEqual([
    { code: 'class-empty', label: 'b' },
    { code: 'class-empty', label: 'c' },
  ]);
});

test('few pictures and unbalanced classes are said', () => {
  const found = advice(classes('a', 'b'), [...samples('a', 3), ...samples('b', 40)]);
  expect(found).toEqual([
    { code: 'few-images', label: 'a', images: 3, recommended: 10 },
    { code: 'unbalanced', larger: 'b', largerImages: 40, smaller: 'a', smallerImages: 3 },
  ]);
  expect(advice(classes('a', 'b'), [...samples('a', 12), ...samples('b', 40)])).toEqual([]);
  expect(advice(classes('a'), [])).toEqual([]);
});
