import type { EpochReport } from '../core/head.ts';
import type { Problem } from '../core/problem.ts';
import type { StageRun } from '../pipeline/scheduler.ts';
import type { Settings } from './settings.ts';
import type { Stages } from './stages.svelte.ts';
import { Throttle } from './throttle.ts';
import { makeHead, type FittingParts } from './training.svelte.ts';

export interface UpToDateParts extends FittingParts {
  readonly stages: Stages;
  readonly settings: Settings;
}

/** A fit that is over sooner needs nothing to look at while it lasts. */
const PATIENCE_MILLIS = 1000;
const SETTING = 'up-to-date';

/** Keeps a classifier up to date: whether its stage may run by itself, and what is seen of it then. */
export class UpToDate {
  #on = $state(true);
  #slow = $state(false);
  #lastReport = $state.raw<EpochReport | null>(null);
  readonly #parts: UpToDateParts;
  readonly #throttle = new Throttle(() => (this.#lastReport = this.#reported));
  #reported: EpochReport | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(parts: UpToDateParts) {
    this.#parts = parts;
    this.#on = parts.settings.get(SETTING) !== 'off';
  }

  /** Whether changes are taken in by themselves. */
  get on(): boolean {
    return this.#on;
  }
  /** There are changes, and they are being taken in. */
  get busy(): boolean {
    const status = this.#parts.stages.statusOf('head');
    return 'wanted' in status && !status.wanted;
  }
  /** The fit that runs takes longer than one can overlook. */
  get slow(): boolean {
    return this.#slow;
  }
  /** Of the fit that is slow. */
  get lastReport(): EpochReport | null {
    return this.#lastReport;
  }
  /** Why changes weren't taken in. */
  get problem(): Problem | null {
    return this.#parts.stages.problemOf('head');
  }

  set(on: boolean): void {
    this.#on = on;
    this.#parts.settings.set(SETTING, on ? null : 'off');
    this.#parts.stages.scheduler.changed();
  }

  /** Ends a fit that runs; the classifier before stays until the next change. */
  cancel(): void {
    this.#parts.stages.scheduler.cancel('head');
  }

  /** Resolves when there is nothing more to take in. */
  settled(): Promise<void> {
    return this.#parts.stages.scheduler.settled();
  }

  /** The stage's run, where nobody has asked for it. */
  async run(run: StageRun): Promise<void> {
    await makeHead(this.#parts, run, {
      signal: run.signal,
      onReport: (report) => {
        this.#reported = report;
        this.#throttle.call();
      },
    });
  }

  /** The stages stand otherwise than before. What waits for pictures on their way isn't slow itself. */
  follow(): void {
    if (this.busy && this.#parts.stages.statusOf('head').kind !== 'later') {
      this.#timer ??= setTimeout(() => (this.#slow = true), PATIENCE_MILLIS);
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    [this.#timer, this.#slow, this.#reported] = [null, false, null];
    this.#throttle.flush();
    this.#lastReport = null;
  }
}
