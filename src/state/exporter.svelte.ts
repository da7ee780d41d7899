import type { Problem } from '../core/problem.ts';

/** The classifier as a file to keep. */
export class Exporter {
  #busy = $state(false);
  #problem = $state.raw<Problem | null>(null);

  get busy(): boolean {
    return this.#busy;
  }
  get problem(): Problem | null {
    return this.#problem;
  }

  /** @returns a zip with a safe file name made of the project's; null where it failed (see {@link problem}). */
  async export(): Promise<{ name: string; blob: Blob } | null> {
    return null;
  }
}
