import type { Problem } from '../core/problem.ts';

/** Pictures becoming embeddings, in the background. */
export class Embedding {
  #running = $state(false);
  #done = $state(0);
  #total = $state(0);
  #rate = $state(0);
  #problem = $state.raw<Problem | null>(null);

  get running(): boolean {
    return this.#running;
  }
  get done(): number {
    return this.#done;
  }
  get total(): number {
    return this.#total;
  }
  /** Pictures a second. */
  get rate(): number {
    return this.#rate;
  }
  get secondsLeft(): number | null {
    return null;
  }
  get problem(): Problem | null {
    return this.#problem;
  }

  cancel(): void {}
}
