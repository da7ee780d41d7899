import type { Edit } from '../core/edit.ts';
import type { History, Step, Versioned } from '../core/history.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { Change } from './contract.ts';

/** The contents that an edit brings, or brings back. */
export function* hashesOfEdit(edit: Edit): Generator<Sha256> {
  if (edit.kind === 'add-samples') for (const { hash } of edit.samples) yield hash;
  if (edit.kind === 'together') for (const one of edit.edits) yield* hashesOfEdit(one);
}

/** The contents that making a step, or taking it back, needs. */
export function hashesOfSteps(steps: readonly Step[]): Set<Sha256> {
  const hashes = new Set<Sha256>();
  for (const { edit, inverse } of steps)
    for (const one of [edit, inverse]) for (const hash of hashesOfEdit(one)) hashes.add(hash);
  return hashes;
}

/** All contents that a project needs: for what it has, and for what undo and redo bring. */
export function hashesOf({ dataset, history }: Versioned): Set<Sha256> {
  const hashes = hashesOfSteps([...history.done, ...history.undone]);
  for (const { hash } of dataset.samples) hashes.add(hash);
  return hashes;
}

/**
 * The contents that changes made needless: an edit forgets what was undone, and the oldest steps;
 * letting the history go forgets all of it.
 *
 * @param before the history that the first of the changes was made on.
 */
export function hashesForgotten(before: History, changes: readonly Change[]): Set<Sha256> {
  const steps: Step[] = [];
  let history = before;
  for (const { step, after } of changes) {
    if (step?.kind === 'edit') {
      const trimmed = history.done.length + 1 - after.history.done.length;
      for (const forgotten of history.done.slice(0, trimmed)) steps.push(forgotten);
      for (const forgotten of history.undone) steps.push(forgotten);
    }
    if (step?.kind === 'forget') steps.push(...history.done, ...history.undone);
    history = after.history;
  }
  const last = changes.at(-1);
  if (last === undefined || steps.length === 0) return new Set();
  const needed = hashesOf(last.after);
  return new Set([...hashesOfSteps(steps)].filter((hash) => !needed.has(hash)));
}
