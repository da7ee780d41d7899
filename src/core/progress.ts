/** How far work is, how fast it goes, how long it will still take. */
export interface Pace {
  readonly done: number;
  readonly total: number;
  /** Null until there is enough to measure. */
  readonly perSecond: number | null;
  /** Null as long as the rate is; 0 when done. */
  readonly millisLeft: number | null;
}

interface Mark {
  readonly done: number;
  readonly atMillis: number;
}

/** Shorter than this, a rate is mostly noise. */
const SHORTEST_SPAN_MILLIS = 300;

/**
 * Measures work by its counts over a sliding window, so that a slow start (a
 * backbone warming up, shaders compiling) does not spoil the estimate for the
 * rest, and a stall shows within seconds. Time is told from outside.
 */
export class PaceMeter {
  readonly #windowMillis: number;
  #marks: Mark[] = [];
  #total: number;

  constructor(total: number, startMillis: number, windowMillis = 5000) {
    this.#total = total;
    this.#windowMillis = windowMillis;
    this.#marks.push({ done: 0, atMillis: startMillis });
  }

  /** More work came, or some fell away. */
  resize(total: number): void {
    this.#total = total;
  }

  /** @param done everything done so far, not the step since the last report. */
  report(done: number, nowMillis: number): void {
    this.#marks.push({ done, atMillis: nowMillis });
    // One mark older than the window stays: it is where the window's rate begins.
    const start = this.#marks.findLastIndex(
      ({ atMillis }) => atMillis <= nowMillis - this.#windowMillis,
    );
    if (start > 0) this.#marks = this.#marks.slice(start);
  }

  read(nowMillis: number): Pace {
    const first = this.#marks[0] ?? { done: 0, atMillis: nowMillis };
    const last = this.#marks.at(-1) ?? first;
    const spanMillis = nowMillis - first.atMillis;
    const steps = last.done - first.done;
    const perSecond =
      spanMillis >= SHORTEST_SPAN_MILLIS && steps > 0 ? (steps * 1000) / spanMillis : null;
    const left = Math.max(0, this.#total - last.done);
    const millisLeft = left === 0 ? 0 : perSecond === null ? null : (left * 1000) / perSecond;
    return { done: last.done, total: this.#total, perSecond, millisLeft };
  }
}
