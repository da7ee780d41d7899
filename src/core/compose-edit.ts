import type { ClassLabel, Dataset, Sample } from './dataset.ts';
import type { Edit } from './edit.ts';
import type { ProjectOptions } from './options.ts';

/** A class with its pictures. */
export function removingClass({ samples }: Dataset, id: string): Edit {
  const gone = samples.filter(({ classId }) => classId === id);
  return {
    kind: 'together',
    edits: [
      { kind: 'remove-samples', ids: gone.map((sample) => sample.id) },
      { kind: 'remove-classes', ids: [id] },
    ],
  };
}

/** @param options that the empty project has. */
export function removingAll({ samples, classes }: Dataset, options: ProjectOptions): Edit {
  return {
    kind: 'together',
    edits: [
      { kind: 'remove-samples', ids: samples.map(({ id }) => id) },
      { kind: 'remove-classes', ids: classes.map(({ id }) => id) },
      { kind: 'set-options', options },
      { kind: 'rename-project', name: '' },
    ],
  };
}

/** One class's pictures go to another; of a picture that both have, one is enough. */
export function mergingClasses({ samples }: Dataset, id: string, intoId: string): Edit {
  const there = new Set(
    samples.filter(({ classId }) => classId === intoId).map((sample) => sample.hash),
  );
  const own = samples.filter(({ classId }) => classId === id);
  const twice = own.filter(({ hash }) => there.has(hash));
  const moved = own.filter(({ hash }) => !there.has(hash));
  return {
    kind: 'together',
    edits: [
      ...(twice.length === 0
        ? []
        : [{ kind: 'remove-samples', ids: twice.map((sample) => sample.id) } as const]),
      {
        kind: 'label-samples',
        labels: moved.map((sample) => ({ id: sample.id, classId: intoId })),
      },
      { kind: 'remove-classes', ids: [id] },
    ],
  };
}

/** @param step how many places down; up where it is negative. Null where it is there already. */
export function movingClass({ classes }: Dataset, id: string, step: number): Edit | null {
  const ids = classes.map((one) => one.id);
  const from = ids.indexOf(id);
  const to = Math.max(0, Math.min(ids.length - 1, from + step));
  if (from < 0 || from === to) return null;
  return { kind: 'reorder-classes', ids: ids.toSpliced(from, 1).toSpliced(to, 0, id) };
}

/** Pictures, and before them those of their classes that are not there yet. */
export function addingSamples(
  { classes }: Dataset,
  samples: readonly Sample[],
  fresh: readonly ClassLabel[],
): Edit {
  const adding: Edit = { kind: 'add-samples', samples };
  return fresh.length === 0
    ? adding
    : { kind: 'together', edits: [addingClasses(classes, fresh), adding] };
}

/** After the classes that are there. */
export function addingClasses(present: readonly ClassLabel[], fresh: readonly ClassLabel[]): Edit {
  return {
    kind: 'add-classes',
    classes: fresh.map(({ id, label }, index) => ({ id, label, index: present.length + index })),
  };
}
