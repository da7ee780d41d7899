import fc from 'fast-check';
import type { Dataset, Sample } from '../dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../default-options.ts';
import type { Edit } from '../edit.ts';

export const EMPTY_DATASET: Dataset = {
  name: '',
  classes: [],
  samples: [],
  options: DEFAULT_PROJECT_OPTIONS,
};

/** A few numbers that {@link editOf} turns into an edit that fits whatever there is. */
export interface EditSeed {
  readonly kind: number;
  readonly picks: readonly number[];
  readonly count: number;
}

export const editSeed: fc.Arbitrary<EditSeed> = fc.record({
  kind: fc.nat(10),
  picks: fc.array(fc.nat(1000), { minLength: 3, maxLength: 6 }),
  count: fc.integer({ min: 1, max: 4 }),
});

/** A sample made for tests; the number tells it from others. */
export function madeSample(number: number, classId: string | null, addedAtMillis: number): Sample {
  return {
    id: `s${String(number)}`,
    hash: number.toString(16).padStart(64, '0'),
    classId,
    purpose: 'learn',
    name: `${String(number)}.png`,
    origin: {
      kind: 'files',
      batch: 'b',
      path: `a/${String(number)}.png`,
      modifiedAtMillis: null,
    },
    widthPx: 4,
    heightPx: 3,
    addedAtMillis,
  };
}

/**
 * @param fresh never given before: ids are made of it.
 * @returns an edit that fits the dataset, of any kind that there is something for.
 */
export function editOf(dataset: Dataset, { kind, picks, count }: EditSeed, fresh: number): Edit {
  const { classes, samples, options } = dataset;
  const [first = 0, second = 0, third = 0] = picks;
  const aClass = classes[first % Math.max(1, classes.length)];
  const otherClass = classes[second % Math.max(1, classes.length)];
  const some = [
    ...new Set(picks.map((pick) => samples[pick % Math.max(1, samples.length)])),
  ].filter((sample) => sample !== undefined);
  const newClass = {
    id: `c${String(fresh)}`,
    label: `label ${String(fresh)}`,
    index: first % (classes.length + 1),
  };
  switch (kind) {
    case 1:
    case 2:
      return {
        kind: 'add-samples',
        samples: Array.from({ length: count }, (_, index) =>
          // Some arrive at the same millisecond as others.
          madeSample(fresh * 10 + index, aClass?.id ?? null, third % 50),
        ),
      };
    case 3:
      return { kind: 'remove-samples', ids: some.map(({ id }) => id) };
    case 4:
      return {
        kind: 'label-samples',
        labels: some.map(({ id }) => ({
          id,
          classId: third % 3 === 0 ? null : (aClass?.id ?? null),
        })),
      };
    case 5:
      return {
        kind: 'mark-samples',
        marks: some.map(({ id }) => ({ id, purpose: third % 2 === 0 ? 'judge' : 'learn' })),
      };
    case 6:
      return {
        kind: 'set-options',
        options: { ...options, crop: third % 2 === 0 ? 'pad' : 'centre' },
      };
    case 7:
      return { kind: 'rename-project', name: `project ${String(fresh)}` };
    case 8:
      if (aClass) return { kind: 'rename-class', id: aClass.id, label: `renamed ${String(fresh)}` };
      break;
    case 9:
      return {
        kind: 'reorder-classes',
        ids: classes
          .map(({ id }) => id)
          .sort((a, b) => (a + String(first) < b + String(third) ? 1 : -1)),
      };
    case 10:
      // Merging, or removing where there is no other class.
      if (aClass) {
        const own = samples.filter(({ classId }) => classId === aClass.id);
        const target = otherClass === aClass ? null : (otherClass?.id ?? null);
        return {
          kind: 'together',
          edits: [
            { kind: 'label-samples', labels: own.map(({ id }) => ({ id, classId: target })) },
            { kind: 'remove-classes', ids: [aClass.id] },
          ],
        };
      }
      break;
  }
  return { kind: 'add-classes', classes: [newClass] };
}
