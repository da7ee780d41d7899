import type { Classifier } from '../core/classifier.ts';
import { checkOptions } from '../core/default-options.ts';
import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { EpochReport } from '../core/head.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import { advice, type Advice } from '../core/readiness.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { TrainStage } from '../engine/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import { PhaseClock } from './phase-clock.ts';
import { findBlockers, prepareAndTrain, type PreparationParts } from './prepare-training.ts';
import { Throttle } from './throttle.ts';

export type TrainingPhase = 'idle' | 'embedding' | TrainStage;

export interface TrainingParts extends PreparationParts {
  readonly classifierState: ClassifierState;
  /** Pictures are on their way. */
  readonly arriving: () => boolean;
  /** Training is about to start. */
  readonly onStart: () => void;
  /** Training has ended, with a classifier or without. */
  readonly onEnd: () => void;
}

/** Fitting and judging, and the classifier that came of it. */
export class Training {
  #phase = $state<TrainingPhase>('idle');
  #liveHistory = $state.raw<readonly EpochReport[] | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #blockers: readonly Problem[] = $derived.by(() =>
    this.#parts.arriving()
      ? checkOptions(this.#parts.library.options.training)
      : findBlockers(this.#parts.library),
  );
  #advice: readonly Advice[] = $derived.by(() =>
    advice(this.#parts.library.classes, this.#parts.library.samples),
  );
  readonly #parts: TrainingParts;
  readonly #throttle = new Throttle(() => (this.#liveHistory = [...this.#reports]));
  #reports: EpochReport[] = [];
  #stop = new AbortController();
  #abort = new AbortController();
  readonly #clock = new PhaseClock<TrainingPhase>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: TrainingParts) {
    this.#parts = parts;
  }

  get phase(): TrainingPhase {
    return this.#phase;
  }
  /** Why training can't start. While pictures arrive, it isn't known yet what will be there. */
  get blockers(): readonly Problem[] {
    return this.#blockers;
  }
  /** What would make the result better; doesn't keep from training. */
  get advice(): readonly Advice[] {
    return this.#advice;
  }
  /** Of the fit that runs, else of the classifier there is. */
  get history(): readonly EpochReport[] {
    return this.#liveHistory ?? this.classifier?.history ?? [];
  }
  get classifier(): Classifier | null {
    return this.#parts.classifierState.saved;
  }
  /** The classifier's classes with their present names, in the head's order. */
  get classes(): readonly ClassLabel[] {
    return this.#parts.classifierState.classes;
  }
  /** Present names of the classifier's classes, in the head's order. */
  get labels(): readonly string[] {
    return this.classes.map(({ label }) => label);
  }
  /** Pictures, options or backbone are others than the classifier was fitted with. */
  get outdated(): boolean {
    return this.#parts.classifierState.outdated;
  }
  /** Whether the classifier can answer: it needs the very backbone that it was fitted on. */
  get usable(): boolean {
    return this.#parts.classifierState.usable;
  }
  /** Why the last training ended without a new classifier; the one before is kept. */
  get problem(): Problem | null {
    return this.#problem;
  }
  get judgedBy(): 'test' | 'validation' | null {
    return this.#parts.classifierState.judgedBy;
  }
  /** On the test pictures where there are any. */
  get evaluation(): Evaluation | null {
    return this.#parts.classifierState.evaluation;
  }
  /** How long each phase of the last training took. */
  get phaseMillis(): ReadonlyMap<TrainingPhase, number> {
    return this.#clock.millis;
  }

  /** The judged pictures behind a cell of the confusion matrix, as far as they are still there. */
  samplesOf(actual: number, predicted: number): readonly Judged[] {
    return this.#parts.classifierState.samplesOf(actual, predicted);
  }

  train(): Promise<void> {
    if (this.#phase === 'idle' && this.#blockers.length === 0) this.#running = this.#train();
    return this.#running;
  }

  /** Resolves when no training runs. */
  settled(): Promise<void> {
    return this.#running;
  }

  async #train(): Promise<void> {
    [this.#stop, this.#abort] = [new AbortController(), new AbortController()];
    this.#problem = null;
    this.#parts.onStart();
    this.#clock.start();
    try {
      this.#problem = await this.#fitAndKeep(this.#abort.signal);
    } catch (error) {
      if (!isCancelled(error, this.#abort.signal)) this.#problem = engineProblem(error);
    } finally {
      this.#enter('idle');
      this.#throttle.flush();
      this.#liveHistory = null;
      this.#parts.onEnd();
    }
  }

  /** Ends fitting, keeps the best epoch so far. */
  stop(): void {
    this.#stop.abort();
  }

  /** Ends training and throws it away; the classifier before stays. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Forgets what the last training ended with, when everything is started over. */
  reset(): void {
    this.cancel();
    this.#problem = null;
  }

  /** @returns why there is no new classifier; null where there is. */
  async #fitAndKeep(signal: AbortSignal): Promise<Problem | null> {
    this.#enter('embedding');
    const outcome = await prepareAndTrain(this.#parts, false, {
      signal,
      stop: this.#stop.signal,
      onStage: (stage) => {
        this.#enter(stage);
        if (stage === 'fitting') [this.#reports, this.#liveHistory] = [[], []];
      },
      onReport: (report) => {
        this.#reports.push(report);
        this.#throttle.call();
      },
    });
    if (!outcome.ok) return outcome.problem;
    if (signal.aborted) throw new Cancelled();
    await this.#parts.classifierState.keep(outcome.value);
    return null;
  }

  #enter(phase: TrainingPhase): void {
    this.#clock.enter(phase === 'idle' ? null : phase);
    this.#phase = phase;
  }
}
