import type { Classifier } from '../core/classifier.ts';
import { checkOptions } from '../core/default-options.ts';
import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { EpochReport } from '../core/head.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import { advice, type Advice } from '../core/readiness.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { Engine, TrainStage } from '../engine/contract.ts';
import type { StageRun } from '../pipeline/scheduler.ts';
import { findBlockers } from '../pipeline/stages.ts';
import { trainClassifier, type TrainWatch } from '../pipeline/train.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import type { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Stages } from './stages.svelte.ts';
import { Throttle } from './throttle.ts';
import type { Versions } from './versions.svelte.ts';

export type TrainingPhase = 'idle' | 'embedding' | TrainStage;

export interface FittingParts {
  readonly engine: Pick<Engine, 'train'>;
  readonly versions: Versions;
  readonly engineState: EngineState;
  readonly embedding: Embedding;
  readonly classifierState: ClassifierState;
}

export interface TrainingParts extends FittingParts {
  readonly stages: Stages;
  /** Pictures are on their way. */
  readonly arriving: () => boolean;
}

/** The run of the head's stage: fits and judges a classifier, and keeps it. */
export async function makeHead(
  { engine, versions, engineState, embedding, classifierState }: FittingParts,
  { anew }: StageRun,
  watch: TrainWatch,
): Promise<void> {
  const { backbone } = engineState;
  const { rows } = embedding;
  if (!backbone || !rows) throw new Cancelled();
  const setting = { dataset: versions.dataset, backbone, rows, startAtHeadInUse: !anew };
  await classifierState.keep(await trainClassifier(engine, setting, watch));
}

/** Fitting and judging, and the classifier that came of it. */
export class Training {
  #phase = $state<TrainingPhase>('idle');
  #liveHistory = $state.raw<readonly EpochReport[] | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #blockers: readonly Problem[] = $derived.by(() =>
    this.#parts.arriving()
      ? checkOptions(this.#parts.versions.dataset.options.training)
      : findBlockers(this.#parts.versions.dataset),
  );
  #advice: readonly Advice[] = $derived.by(() =>
    advice(this.#parts.versions.dataset.classes, this.#parts.versions.dataset.samples),
  );
  readonly #parts: TrainingParts;
  readonly #throttle = new Throttle(() => (this.#liveHistory = [...this.#reports]));
  #reports: EpochReport[] = [];
  #stop = new AbortController();
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

  async #train(): Promise<void> {
    this.#stop = new AbortController();
    this.#problem = null;
    this.#clock.start();
    this.#enter('embedding');
    try {
      await this.#parts.stages.scheduler.want('head', { anew: true });
    } catch (error) {
      if (!isCancelled(error)) this.#problem = engineProblem(error);
    } finally {
      this.#enter('idle');
      this.#throttle.flush();
      this.#liveHistory = null;
    }
  }

  /** Ends fitting, keeps the best epoch so far. */
  stop(): void {
    this.#stop.abort();
  }

  /** Ends training and throws it away; the classifier before stays. */
  cancel(): void {
    if (this.#phase !== 'idle') this.#parts.stages.scheduler.cancel('head');
  }

  /** Forgets what the last training ended with, when everything is started over. */
  reset(): void {
    this.cancel();
    this.#problem = null;
  }

  /** The stage's run, where a person has asked for it. */
  async run(run: StageRun): Promise<void> {
    await makeHead(this.#parts, run, {
      signal: run.signal,
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
  }

  #enter(phase: TrainingPhase): void {
    this.#clock.enter(phase === 'idle' ? null : phase);
    this.#phase = phase;
  }
}

/** Measures how long work stays in each of its phases. */
class PhaseClock<Phase extends string> {
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
