import type { EpochReport } from '../core/head.ts';
import type { Problem } from '../core/problem.ts';
import { solverOf } from '../core/options.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import { Passes } from './passes.ts';
import { findBlockers, prepareAndTrain, type PreparationParts } from './prepare-training.ts';
import type { Settings } from './settings.ts';
import { Throttle } from './throttle.ts';

export interface UpToDateParts extends PreparationParts {
  readonly classifierState: ClassifierState;
  readonly settings: Settings;
  /** Resolves when no training runs that a person has asked for. */
  readonly trained: () => Promise<void>;
  /** There is another classifier. */
  readonly onFitted: () => void;
}

/** A fit that is over sooner needs nothing to look at while it lasts. */
const PATIENCE_MILLIS = 1000;
const SETTING = 'up-to-date';

/**
 * Keeps a classifier up to date: whenever pictures or options change it is fitted anew, by the exact
 * solver, to what training it would give. The first one a person trains; so is one that goes step by
 * step, which takes its time.
 */
export class UpToDate {
  #on = $state(true);
  #slow = $state(false);
  #busy = $state(false);
  #lastReport = $state.raw<EpochReport | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #wanted: boolean = $derived.by(() => this.#isWanted());
  readonly #parts: UpToDateParts;
  readonly #passes: Passes;
  readonly #throttle = new Throttle(() => (this.#lastReport = this.#reported));
  #reported: EpochReport | null = null;
  #fit = new AbortController();

  constructor(parts: UpToDateParts) {
    this.#parts = parts;
    this.#on = parts.settings.get(SETTING) !== 'off';
    this.#passes = new Passes(
      (signal) => this.#pass(signal),
      (error) => (this.#problem = engineProblem(error)),
    );
  }

  /** Whether changes are taken in by themselves. */
  get on(): boolean {
    return this.#on;
  }
  /** There are changes, and they are being taken in. */
  get busy(): boolean {
    return this.#busy && this.#wanted;
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
    return this.#problem;
  }

  set(on: boolean): void {
    this.#on = on;
    this.#parts.settings.set(SETTING, on ? null : 'off');
    if (on) this.refresh();
    else this.cancel();
  }

  /** Pictures, options, classifier or backbone are others now: a fit to what was is out of date. */
  refresh(): void {
    this.#fit.abort();
    this.#problem = null;
    this.#busy = true;
    this.#passes.refresh();
    void this.settled().then(() => (this.#busy = this.#passes.running));
  }

  /** Ends a fit that runs; the classifier before stays until the next change. */
  cancel(): void {
    this.#passes.cancel();
    this.#fit.abort();
  }

  /** Resolves when there is nothing more to take in. */
  settled(): Promise<void> {
    return this.#passes.settled();
  }

  async #pass(signal: AbortSignal): Promise<void> {
    this.#fit = new AbortController();
    const fit = AbortSignal.any([signal, this.#fit.signal]);
    await this.#parts.trained();
    if (!this.#wanted) return;
    const timer = setTimeout(() => (this.#slow = true), PATIENCE_MILLIS);
    try {
      this.#problem = await this.#fitAnew(fit);
    } catch (error) {
      if (!isCancelled(error, fit)) throw error;
    } finally {
      clearTimeout(timer);
      this.#throttle.flush();
      this.#slow = false;
      this.#lastReport = null;
    }
  }

  async #fitAnew(signal: AbortSignal): Promise<Problem | null> {
    const { classifierState, onFitted } = this.#parts;
    const outcome = await prepareAndTrain(this.#parts, true, {
      signal,
      onReport: (report) => {
        this.#reported = report;
        this.#throttle.call();
      },
    });
    if (!outcome.ok) return outcome.problem;
    if (signal.aborted) return null;
    await classifierState.keep(outcome.value);
    onFitted();
    return null;
  }

  #isWanted(): boolean {
    const { classifierState, engineState, library } = this.#parts;
    const { saved, usable, outdated } = classifierState;
    // What only stands in for another backbone doesn't take the place of that one's classifier.
    const mayReplace = usable || engineState.standIn === null;
    return (
      this.#on &&
      saved !== null &&
      outdated &&
      mayReplace &&
      solverOf(library.options.training) === 'exact' &&
      findBlockers(library).length === 0
    );
  }
}
