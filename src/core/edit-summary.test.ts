import { expect, test } from 'vitest';
import {
  addingClasses,
  addingSamples,
  mergingClasses,
  movingClass,
  removingAll,
  removingClass,
} from './compose-edit.ts';
import type { Dataset, Sample } from './dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from './default-options.ts';
import { apply, type Edit } from './edit.ts';
import { summariseSteps, type EditSummary } from './edit-summary.ts';
import { edit, NO_HISTORY, undo, undoable, type Versioned } from './history.ts';
import { EMPTY_DATASET, madeSample } from './testing/random-edits.ts';

const hat = { id: 'h', label: 'hat' };
const cap = { id: 'c', label: 'cap' };
const same = (number: number, classId: string, hash: string): Sample => ({
  ...madeSample(number, classId, number),
  hash,
});
const dataset: Dataset = {
  ...EMPTY_DATASET,
  name: 'Hats',
  classes: [hat, cap],
  samples: [madeSample(1, 'h', 1), same(2, 'h', 'twin'), same(3, 'c', 'twin')],
};

function summaryOf(...edits: readonly Edit[]): EditSummary {
  const start: Versioned = { dataset, history: NO_HISTORY };
  const after = edits.reduce((now, one) => edit(now, one, 'one group'), start);
  // Whatever was done can be taken back.
  expect(undo(after)?.dataset).toEqual(dataset);
  return summariseSteps(undoable(after.history), after.dataset.classes);
}

const labels = (classId: string | null, ...ids: string[]): Edit => ({
  kind: 'label-samples',
  labels: ids.map((id) => ({ id, classId })),
});

test('each thing that a person does has a summary that names it', () => {
  const tie = { id: 't', label: 'tie' };
  const added = [madeSample(7, 't', 7), madeSample(8, 'h', 8)];
  const table: readonly [EditSummary, readonly Edit[]][] = [
    [
      { kind: 'add-pictures', count: 3 },
      [
        addingSamples(dataset, added, [tie]),
        { kind: 'add-samples', samples: [madeSample(9, null, 9)] },
      ],
    ],
    [{ kind: 'remove-pictures', count: 2 }, [{ kind: 'remove-samples', ids: ['s1', 's2'] }]],
    [{ kind: 'move-pictures', count: 2, label: 'cap' }, [labels('c', 's1', 's2')]],
    [{ kind: 'unlabel-pictures', count: 1 }, [labels(null, 's1')]],
    [
      { kind: 'judge-by-pictures', count: 1 },
      [{ kind: 'mark-samples', marks: [{ id: 's1', purpose: 'judge' }] }],
    ],
    [
      { kind: 'learn-from-pictures', count: 1 },
      [{ kind: 'mark-samples', marks: [{ id: 's1', purpose: 'learn' }] }],
    ],
    [{ kind: 'add-class', label: 'tie' }, [addingClasses(dataset.classes, [tie])]],
    [{ kind: 'remove-class', label: 'hat' }, [removingClass(dataset, 'h')]],
    [
      { kind: 'rename-class', label: 'hat', to: 'top hat' },
      [{ kind: 'rename-class', id: 'h', label: 'top hat' }],
    ],
    [{ kind: 'merge-classes', label: 'hat', into: 'cap' }, [mergingClasses(dataset, 'h', 'c')]],
    [{ kind: 'reorder-classes' }, [movingClass(dataset, 'h', 1) ?? labels(null)]],
    [
      { kind: 'set-options' },
      [{ kind: 'set-options', options: { ...DEFAULT_PROJECT_OPTIONS, crop: 'pad' } }],
    ],
    [{ kind: 'rename-project' }, [{ kind: 'rename-project', name: 'x' }]],
    [{ kind: 'remove-all' }, [removingAll(dataset, DEFAULT_PROJECT_OPTIONS)]],
  ];
  for (const [expected, edits] of table) expect(summaryOf(...edits)).toEqual(expected);
});

test('merged classes hold a picture once', () => {
  const merged = apply(dataset, mergingClasses(dataset, 'h', 'c'));
  expect(merged.classes).toEqual([cap]);
  expect(merged.samples.map(({ id, classId }) => [id, classId])).toEqual([
    ['s1', 'c'],
    ['s3', 'c'],
  ]);
});

test('a class goes up and down, and no further than to the ends', () => {
  expect(movingClass(dataset, 'h', 1)).toEqual({ kind: 'reorder-classes', ids: ['c', 'h'] });
  expect(movingClass(dataset, 'c', -5)).toEqual({ kind: 'reorder-classes', ids: ['c', 'h'] });
  expect(movingClass(dataset, 'h', -1)).toBeNull();
  expect(movingClass(dataset, 'gone', 1)).toBeNull();
});
