import type { Problem } from '../core/problem.ts';
import type { ClassLabel, Sample, Sha256 } from '../core/dataset.ts';

/** What is to be said of a picture whose bytes are there already. */
export interface Duplicate {
  /** In the same class it teaches nothing new and is left out; in another it stays, because one of the two is right. */
  readonly leftOut: boolean;
  readonly problem: Problem;
}

/** Knows the bytes of every picture, to tell when some come a second time. */
export class DuplicateFinder {
  readonly #byHash = new Map<Sha256, Sample[]>();

  constructor(samples: readonly Sample[]) {
    for (const sample of samples) this.add(sample);
  }

  add(sample: Sample): void {
    const same = this.#byHash.get(sample.hash);
    if (same) same.push(sample);
    else this.#byHash.set(sample.hash, [sample]);
  }

  /** @param stillThere whether a sample has not been removed since. */
  find(
    sample: Sample,
    path: string,
    classes: readonly ClassLabel[],
    stillThere: (sampleId: string) => Sample | undefined,
  ): Duplicate | null {
    const same = (this.#byHash.get(sample.hash) ?? []).flatMap(({ id }) => stillThere(id) ?? []);
    const labelOf = (classId: string | null): string =>
      classes.find(({ id }) => id === classId)?.label ?? '';
    const label = labelOf(sample.classId);
    const inClass = same.find(({ classId }) => classId === sample.classId);
    if (inClass) {
      return {
        leftOut: true,
        problem: { code: 'duplicate-in-class', file: path, label, other: inClass.name },
      };
    }
    const other = same[0];
    if (!other) return null;
    const otherLabel = labelOf(other.classId);
    const problem: Problem = {
      code: 'duplicate-across-classes',
      file: path,
      label,
      otherLabel,
      other: other.name,
    };
    return { leftOut: false, problem };
  }
}
