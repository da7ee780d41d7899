import type { ClassLabel, Sample } from '../core/sample.ts';
import type { KeptPicture } from './library.svelte.ts';

/** How the last removal or move is taken back. */
export type Undoable =
  | {
      readonly key: 'pictures-removed' | 'class-removed';
      /** Resolves once the store has given them out and removed them. */
      readonly pictures: Promise<readonly KeptPicture[]>;
      /** The class that went with them, and where it stood. */
      readonly removedClass: { readonly label: ClassLabel; readonly index: number } | null;
    }
  | {
      readonly key: 'pictures-moved';
      /** Sample id to the class it came from. */
      readonly classIds: ReadonlyMap<string, string>;
    };

/** Puts a removed class back where it was; its label may have been taken meanwhile. */
export function withClassBack(
  classes: readonly ClassLabel[],
  removed: { readonly label: ClassLabel; readonly index: number },
): readonly ClassLabel[] {
  const taken = new Set(classes.map(({ label }) => label));
  let { label } = removed.label;
  for (let number = 2; taken.has(label); number++)
    label = `${removed.label.label} ${String(number)}`;
  return classes.toSpliced(removed.index, 0, { ...removed.label, label });
}

/** How to take a move back, seen before it. */
export function whereFrom(moving: readonly Sample[]): Undoable {
  const classIds = new Map(moving.map(({ id, classId }) => [id, classId]));
  return { key: 'pictures-moved', classIds };
}

/** Moved samples with the classes they came from, as far as samples and classes are still there. */
export function movedBack(
  classIds: ReadonlyMap<string, string>,
  classes: readonly ClassLabel[],
  samples: ReadonlyMap<string, Sample>,
): { readonly sample: Sample }[] {
  const existing = new Set(classes.map(({ id }) => id));
  return [...classIds].flatMap(([id, classId]) => {
    const sample = samples.get(id);
    return sample && existing.has(classId) ? [{ sample: { ...sample, classId } }] : [];
  });
}
