import type { BackboneInfo } from '../core/backbone.ts';
import type { Problem, Result } from '../core/problem.ts';

/** At first; each time in vain it gets twice as long. */
const FIRST_WAIT_MILLIS = 60_000;
const LONGEST_WAIT_MILLIS = 16 * 60_000;

/**
 * The built-in backbone is in use in place of another. That one is loaded beside it; where it can't be had,
 * it is tried again when the network comes back, and every so often.
 */
export class Fallback {
  #better = $state.raw<BackboneInfo | null>(null);
  #problem = $state.raw<Problem | null>(null);
  /** Of the one that was asked for. */
  readonly id: string;
  readonly #attempt: () => void;
  #waitMillis = FIRST_WAIT_MILLIS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param attempt to load the one that was asked for; {@link settle} hears what came of it. */
  constructor(id: string, attempt: () => void) {
    this.id = id;
    this.#attempt = attempt;
  }

  /** The one that was asked for, once it is loaded. */
  get better(): BackboneInfo | null {
    return this.#better;
  }
  /** Why it couldn't be had so far. */
  get problem(): Problem | null {
    return this.#problem;
  }

  settle(loaded: Result<BackboneInfo>): void {
    if (loaded.ok) [this.#better, this.#problem] = [loaded.value, null];
    else {
      this.#problem = loaded.problem;
      this.tryAgainSoon();
    }
  }

  /** The engine has stopped, and with it went what it had loaded. */
  lose(): void {
    this.#better = null;
  }

  tryAgainSoon(): void {
    this.end();
    this.#timer = setTimeout(this.#again, this.#waitMillis);
    addEventListener('online', this.#again);
    this.#waitMillis = Math.min(2 * this.#waitMillis, LONGEST_WAIT_MILLIS);
  }

  /** Nothing is tried any more. */
  end(): void {
    clearTimeout(this.#timer);
    removeEventListener('online', this.#again);
  }

  readonly #again = (): void => {
    this.end();
    this.#attempt();
  };
}
