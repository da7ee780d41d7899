/** At first; each time in vain it gets twice as long. */
const FIRST_WAIT_MILLIS = 60_000;
const LONGEST_WAIT_MILLIS = 16 * 60_000;

/** Tries again what the network kept from succeeding: when it comes back, and every so often. */
export class SoonAgain {
  readonly #attempt: () => void;
  #waitMillis = FIRST_WAIT_MILLIS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param attempt calls {@link wait} again where it was in vain. */
  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  wait(): void {
    this.#stop();
    this.#timer = setTimeout(this.#again, this.#waitMillis);
    addEventListener('online', this.#again);
    this.#waitMillis = Math.min(2 * this.#waitMillis, LONGEST_WAIT_MILLIS);
  }

  end(): void {
    this.#stop();
    this.#waitMillis = FIRST_WAIT_MILLIS;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    removeEventListener('online', this.#again);
  }

  readonly #again = (): void => {
    this.#stop();
    this.#attempt();
  };
}
