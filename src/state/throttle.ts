/** Numbers that change faster than this can't be read, and each change costs the page a frame. */
export const SHOWN_EVERY_MILLIS = 250;

/** Calls at once and then at most every `intervalMillis`; the last call is never left out. */
export class Throttle {
  readonly #show: () => void;
  readonly #intervalMillis: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #waiting = false;

  constructor(show: () => void, intervalMillis: number = SHOWN_EVERY_MILLIS) {
    this.#show = show;
    this.#intervalMillis = intervalMillis;
  }

  call(): void {
    if (this.#timer !== null) {
      this.#waiting = true;
      return;
    }
    this.#waiting = false;
    this.#show();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#waiting) this.call();
    }, this.#intervalMillis);
  }

  /** Shows what waits now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting) this.#show();
    this.#waiting = false;
  }
}
