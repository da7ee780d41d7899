/** Measures how long work stays in each of its phases. */
export class PhaseClock<Phase extends string> {
  readonly #millis = new Map<Phase, number>();
  #phase: Phase | null = null;
  #since = 0;

  get millis(): ReadonlyMap<Phase, number> {
    return this.#millis;
  }

  start(): void {
    this.#millis.clear();
    this.#phase = null;
  }

  /** @param phase null where work ends. */
  enter(phase: Phase | null): void {
    const now = performance.now();
    if (this.#phase !== null) {
      this.#millis.set(this.#phase, (this.#millis.get(this.#phase) ?? 0) + now - this.#since);
    }
    this.#since = now;
    this.#phase = phase;
  }
}
