import { at } from './at.ts';
import type { ClassLabel } from './dataset.ts';
import type { Edit } from './edit.ts';
import type { Step } from './history.ts';

/** What a person did, in a few facts: what an undo names. Labels are hostile text. */
export type EditSummary =
  | {
      readonly kind: 'add-pictures' | 'remove-pictures' | 'unlabel-pictures';
      readonly count: number;
    }
  | { readonly kind: 'judge-by-pictures' | 'learn-from-pictures'; readonly count: number }
  | { readonly kind: 'move-pictures'; readonly count: number; readonly label: string }
  | { readonly kind: 'add-class' | 'remove-class'; readonly label: string }
  | { readonly kind: 'add-classes'; readonly count: number }
  | { readonly kind: 'rename-class'; readonly label: string; readonly to: string }
  | { readonly kind: 'merge-classes'; readonly label: string; readonly into: string }
  | { readonly kind: 'remove-all' | 'reorder-classes' | 'set-options' | 'rename-project' };

/**
 * @param steps of one group, oldest first; at least one.
 * @param classes that there are now, to find labels by.
 */
export function summariseSteps(
  steps: readonly Step[],
  classes: readonly ClassLabel[],
): EditSummary {
  const changes = steps.flatMap(({ edit, inverse }) => changesOf(edit, inverse));
  const labels = new Map(classes.map(({ id, label }) => [id, label]));
  return ofPictures(changes, labels) ?? ofClasses(changes) ?? ofTheRest(changes);
}

interface Change {
  readonly edit: Edit;
  readonly inverse: Edit;
}

type ChangeOf<Kind extends Edit['kind']> = Change & {
  readonly edit: Extract<Edit, { readonly kind: Kind }>;
};

/** Single edits; an inverse of several has theirs in the reverse order. */
function changesOf(edit: Edit, inverse: Edit): readonly Change[] {
  if (edit.kind !== 'together' || inverse.kind !== 'together') return [{ edit, inverse }];
  const back = inverse.edits.toReversed();
  return edit.edits.flatMap((one, index) => changesOf(one, at(back, index)));
}

function pick<Kind extends Edit['kind']>(
  changes: readonly Change[],
  kind: Kind,
): readonly ChangeOf<Kind>[] {
  return changes.filter((change): change is ChangeOf<Kind> => change.edit.kind === kind);
}

function ofPictures(
  changes: readonly Change[],
  labels: ReadonlyMap<string, string>,
): EditSummary | null {
  const added = sum(pick(changes, 'add-samples'), ({ edit }) => edit.samples.length);
  if (added > 0) return { kind: 'add-pictures', count: added };
  const gone = pick(changes, 'remove-classes');
  const moves = pick(changes, 'label-samples').flatMap(({ edit }) => edit.labels);
  const target = moves.at(-1)?.classId ?? null;
  const [merged] = removedLabels(gone);
  if (merged !== undefined && moves.length > 0)
    return { kind: 'merge-classes', label: merged, into: labelOf(target, labels) };
  if (gone.length > 0) return null;
  if (moves.length > 0)
    return target === null
      ? { kind: 'unlabel-pictures', count: moves.length }
      : { kind: 'move-pictures', count: moves.length, label: labelOf(target, labels) };
  const marks = pick(changes, 'mark-samples').flatMap(({ edit }) => edit.marks);
  if (marks.length > 0)
    return {
      kind: marks.at(-1)?.purpose === 'judge' ? 'judge-by-pictures' : 'learn-from-pictures',
      count: marks.length,
    };
  const removed = sum(pick(changes, 'remove-samples'), ({ edit }) => edit.ids.length);
  return removed > 0 ? { kind: 'remove-pictures', count: removed } : null;
}

function ofClasses(changes: readonly Change[]): EditSummary | null {
  const gone = removedLabels(pick(changes, 'remove-classes'));
  const [first] = gone;
  if (first !== undefined && gone.length === 1 && pick(changes, 'set-options').length === 0)
    return { kind: 'remove-class', label: first };
  if (pick(changes, 'remove-classes').length > 0) return { kind: 'remove-all' };
  const fresh = pick(changes, 'add-classes').flatMap(({ edit }) => edit.classes);
  if (fresh.length === 1) return { kind: 'add-class', label: at(fresh, 0).label };
  if (fresh.length > 1) return { kind: 'add-classes', count: fresh.length };
  const renamed = pick(changes, 'rename-class').at(-1);
  if (renamed?.inverse.kind === 'rename-class')
    return { kind: 'rename-class', label: renamed.inverse.label, to: renamed.edit.label };
  return null;
}

function ofTheRest(changes: readonly Change[]): EditSummary {
  if (pick(changes, 'reorder-classes').length > 0) return { kind: 'reorder-classes' };
  if (pick(changes, 'set-options').length > 0) return { kind: 'set-options' };
  return { kind: 'rename-project' };
}

function removedLabels(changes: readonly ChangeOf<'remove-classes'>[]): readonly string[] {
  return changes.flatMap(({ inverse }) =>
    inverse.kind === 'add-classes' ? inverse.classes.map(({ label }) => label) : [],
  );
}

function labelOf(id: string | null, labels: ReadonlyMap<string, string>): string {
  return (id === null ? undefined : labels.get(id)) ?? '';
}

function sum<T>(list: readonly T[], size: (one: T) => number): number {
  return list.reduce((total, one) => total + size(one), 0);
}
