import { checkOptions } from '../core/default-options.ts';
import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { EpochReport } from '../core/head.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import { advice, readiness, type Advice } from '../core/readiness.ts';
import type { ClassLabel } from '../core/sample.ts';
import type { Engine } from '../engine/contract.ts';
import type { SavedClassifier } from '../storage/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import type { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Library } from './library.svelte.ts';
import { PhaseClock } from './phase-clock.ts';
import { fingerprintOf } from './pipeline/fingerprint.ts';
import { trainClassifier, type TrainSetting, type TrainStage } from './pipeline/train.ts';
import { prepareData, type PreparedData } from './pipeline/training-set.ts';
import { Throttle } from './throttle.ts';

export type TrainingPhase = 'idle' | 'embedding' | TrainStage;

export interface TrainingParts {
  readonly engine: Pick<Engine, 'trainHead' | 'predict'>;
  readonly library: Library;
  readonly engineState: EngineState;
  readonly embedding: Embedding;
  readonly classifierState: ClassifierState;
  /** Resolves when what is being dropped is in. */
  readonly arrived: () => Promise<void>;
  /** Training has ended, with a classifier or without. */
  readonly onEnd: () => void;
}

interface Prepared {
  readonly data: PreparedData;
  readonly setting: TrainSetting;
}

/** Fitting and judging, and the classifier that came of it. */
export class Training {
  #phase = $state<TrainingPhase>('idle');
  #liveHistory = $state.raw<readonly EpochReport[] | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #blockers: readonly Problem[] = $derived.by(() => this.#findBlockers());
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
  /** Why training can't start. Pictures that are still arriving count as there. */
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
  get classifier(): SavedClassifier | null {
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
    const prepared = await this.#prepare(signal);
    if ('code' in prepared) return prepared;
    this.#reports = [];
    this.#liveHistory = [];
    const outcome = await trainClassifier(this.#parts.engine, prepared.data, prepared.setting, {
      signal,
      stop: this.#stop.signal,
      onStage: (stage) => {
        this.#enter(stage);
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

  /** Waits for pictures, backbone and embeddings. @returns why there can be no training, where there can't. */
  async #prepare(signal: AbortSignal): Promise<Prepared | Problem> {
    const { arrived, embedding, engineState, library } = this.#parts;
    this.#enter('embedding');
    await orAbort(arrived(), signal);
    const backbone = await orAbort(engineState.settled(), signal);
    if (!backbone)
      return (
        engineState.problem ?? {
          code: 'backbone-unreachable',
          id: library.options.backboneId,
          tried: [],
        }
      );
    await orAbort(embedding.finish(), signal);
    if (embedding.problem) return embedding.problem;
    const { classes, samples, options } = library;
    const { cache } = embedding;
    if (!cache || cache.missing(samples).length > 0) throw new Cancelled();
    const blocker = this.#findBlockers()[0];
    if (blocker) return blocker;
    const data = prepareData(classes, samples, cache, backbone.embeddingLength, options.training);
    const without = data.classes.find((_, index) => !data.train.classes.includes(index));
    if (without) return { code: 'class-empty', label: without.label };
    const fingerprint = fingerprintOf(classes, samples, backbone.sha256, options);
    return { data, setting: { backbone, options, fingerprint, nowMillis: Date.now() } };
  }

  #findBlockers(): readonly Problem[] {
    const { classes, samples, options } = this.#parts.library;
    const expected = samples.some(({ state }) => state === 'arriving')
      ? samples.map((sample) => ({ ...sample, state: 'ready' as const }))
      : samples;
    return [...readiness(classes, expected), ...checkOptions(options.training)];
  }

  #enter(phase: TrainingPhase): void {
    this.#clock.enter(phase === 'idle' ? null : phase);
    this.#phase = phase;
  }
}

/** What is waited for goes on by itself; only the waiting ends. */
async function orAbort<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new Cancelled();
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => {
      reject(new Cancelled());
    };
    signal.addEventListener('abort', end);
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
