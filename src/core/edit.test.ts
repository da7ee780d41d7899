import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { compareSamples } from './dataset.ts';
import { apply, EditMisfit, invert, type Edit } from './edit.ts';
import { edit, MOST_UNDOABLE, NO_HISTORY, redo, undo, type Versioned } from './history.ts';
import { editOf, editSeed, EMPTY_DATASET, madeSample } from './testing/random-edits.ts';

const hat = { id: 'c1', label: 'hat' };
const shoe = { id: 'c2', label: 'shoe' };
const dataset: Dataset = {
  ...EMPTY_DATASET,
  classes: [hat, shoe],
  samples: [madeSample(1, 'c1', 1), madeSample(2, 'c2', 2), madeSample(3, null, 3)],
};

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

describe('an edit', () => {
  test('is taken back by its inverse, whatever it is, and changes nothing in place', () => {
    fc.assert(
      fc.property(fc.array(editSeed, { maxLength: 40 }), (seeds) => {
        let now = deepFreeze(dataset);
        seeds.forEach((seed, index) => {
          const made = editOf(now, seed, 100 + index);
          const after = deepFreeze(apply(now, made));
          expect(apply(after, invert(now, made))).toEqual(now);
          expect(after.samples).toEqual(after.samples.toSorted(compareSamples));
          now = after;
        });
      }),
    );
  });

  test('is plain data', () => {
    fc.assert(
      fc.property(editSeed, (seed) => {
        const made = editOf(dataset, seed, 100);
        expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      }),
    );
  });

  test.each<[string, Edit]>([
    [
      'a class that is there',
      { kind: 'add-classes', classes: [{ ...hat, label: 'cap', index: 0 }] },
    ],
    [
      'a label that is taken',
      { kind: 'add-classes', classes: [{ id: 'c3', label: 'hat', index: 0 }] },
    ],
    [
      'a place behind the end',
      { kind: 'add-classes', classes: [{ id: 'c3', label: 'cap', index: 3 }] },
    ],
    ['a class that has samples', { kind: 'remove-classes', ids: ['c1'] }],
    ['a class that is gone', { kind: 'remove-classes', ids: ['c9'] }],
    ['a name for a class that is gone', { kind: 'rename-class', id: 'c9', label: 'cap' }],
    ['a name that is taken', { kind: 'rename-class', id: 'c1', label: 'shoe' }],
    ['an order of some classes', { kind: 'reorder-classes', ids: ['c1'] }],
    ['an order with one twice', { kind: 'reorder-classes', ids: ['c1', 'c1'] }],
    ['a sample that is there', { kind: 'add-samples', samples: [madeSample(1, 'c1', 9)] }],
    [
      'a sample of a class that is gone',
      { kind: 'add-samples', samples: [madeSample(9, 'c9', 9)] },
    ],
    ['a sample that is gone', { kind: 'remove-samples', ids: ['s9'] }],
    ['a label that is gone', { kind: 'label-samples', labels: [{ id: 's1', classId: 'c9' }] }],
    [
      'a label for a sample that is gone',
      { kind: 'label-samples', labels: [{ id: 's9', classId: 'c1' }] },
    ],
    [
      'a mark for a sample that is gone',
      { kind: 'mark-samples', marks: [{ id: 's9', purpose: 'judge' }] },
    ],
  ])('that does not fit is refused: %s', (_, misfit) => {
    expect(() => apply(dataset, misfit)).toThrow(EditMisfit);
    expect(() => apply(dataset, { kind: 'together', edits: [misfit] })).toThrow(EditMisfit);
  });
});

describe('the history', () => {
  /** Every state on the way, one for each group. */
  function walk(seeds: readonly { seed: Parameters<typeof editOf>[1]; sameGroup: boolean }[]): {
    states: Dataset[];
    end: Versioned;
  } {
    let now: Versioned = { dataset, history: NO_HISTORY };
    let group = 0;
    const states: Dataset[] = [dataset];
    seeds.forEach(({ seed, sameGroup }, index) => {
      const joins = sameGroup && index > 0;
      if (!joins) group += 1;
      now = edit(now, editOf(now.dataset, seed, 100 + index), String(group));
      if (joins) states[states.length - 1] = now.dataset;
      else states.push(now.dataset);
    });
    return { states, end: now };
  }

  test('goes back through every state and forward again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ seed: editSeed, sameGroup: fc.boolean() }), { maxLength: 130 }),
        (seeds) => {
          const { states, end } = walk(seeds);
          let now = end;
          let back = 0;
          for (let before = undo(now); before !== null; before = undo(now)) {
            now = before;
            back += 1;
            expect(now.dataset).toEqual(states[states.length - 1 - back]);
          }
          expect(back).toBe(Math.min(MOST_UNDOABLE, states.length - 1));
          for (let again = redo(now); again !== null; again = redo(now)) {
            now = again;
            back -= 1;
            expect(now.dataset).toEqual(states[states.length - 1 - back]);
          }
          expect(now).toEqual(end);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('forgets what was undone once something else is done', () => {
    const made = edit({ dataset, history: NO_HISTORY }, { kind: 'rename-project', name: 'a' }, '1');
    const undone = undo(made);
    if (undone === null) throw new Error('nothing to undo');
    const other = edit(undone, { kind: 'rename-project', name: 'b' }, '2');
    expect(redo(other)).toBeNull();
    expect(undo(other)?.dataset.name).toBe('');
  });
});
