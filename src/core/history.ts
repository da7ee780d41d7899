import type { Dataset } from './dataset.ts';
import { apply, invert, type Edit } from './edit.ts';

/** An edit that was made, and what takes it back. */
export interface Step {
  readonly edit: Edit;
  readonly inverse: Edit;
  /** Steps of one group that follow each other are undone together: all batches of one drop. */
  readonly group: string;
}

/** What can be undone and what was: the newest stand last in both. */
export interface History {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

/** Groups that can be undone. */
export const MOST_UNDOABLE = 100;

export const NO_HISTORY: History = { done: [], undone: [] };

/** A dataset and how it came about: what a project is, apart from its pictures' content. */
export interface Versioned {
  readonly dataset: Dataset;
  readonly history: History;
}

/**
 * Makes an edit. What had been undone can't be redone after it.
 *
 * @throws {EditMisfit} where it doesn't fit; nothing is changed then.
 */
export function edit({ dataset, history }: Versioned, made: Edit, group: string): Versioned {
  const step = { edit: made, inverse: invert(dataset, made), group };
  const done = [...history.done, step];
  return {
    dataset: apply(dataset, made),
    history: { done: done.slice(firstKept(done)), undone: [] },
  };
}

/** Takes back the newest group of steps. @returns null where there is none. */
export function undo({ dataset, history }: Versioned): Versioned | null {
  const from = startOfLastGroup(history.done);
  if (from === null) return null;
  const taken = history.done.slice(from).reverse();
  return {
    dataset: taken.reduce((before, { inverse }) => apply(before, inverse), dataset),
    history: { done: history.done.slice(0, from), undone: [...history.undone, ...taken] },
  };
}

/** Makes the group that was undone last again. @returns null where there is none. */
export function redo({ dataset, history }: Versioned): Versioned | null {
  const from = startOfLastGroup(history.undone);
  if (from === null) return null;
  const again = history.undone.slice(from).reverse();
  return {
    dataset: again.reduce((before, step) => apply(before, step.edit), dataset),
    history: { done: [...history.done, ...again], undone: history.undone.slice(0, from) },
  };
}

/** The steps that {@link undo} would take back, oldest first. */
export function undoable({ done }: History): readonly Step[] {
  const from = startOfLastGroup(done);
  return from === null ? [] : done.slice(from);
}

/** The steps that {@link redo} would make again, in the order in which it makes them. */
export function redoable({ undone }: History): readonly Step[] {
  const from = startOfLastGroup(undone);
  return from === null ? [] : undone.slice(from).reverse();
}

function startOfLastGroup(steps: readonly Step[]): number | null {
  const last = steps.at(-1);
  if (last === undefined) return null;
  return steps.findLastIndex(({ group }) => group !== last.group) + 1;
}

/** Where the oldest group that is kept begins. */
function firstKept(steps: readonly Step[]): number {
  let groups = 1;
  for (let index = steps.length - 1; index > 0; index--) {
    if (steps[index - 1]?.group !== steps[index]?.group) groups += 1;
    if (groups > MOST_UNDOABLE) return index;
  }
  return 0;
}
