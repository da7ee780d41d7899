import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { EpochReport } from '../core/head.ts';
import type { Problem } from '../core/problem.ts';
import type { SavedClassifier } from '../storage/contract.ts';

export type TrainingPhase = 'idle' | 'embedding' | 'fitting' | 'refitting' | 'judging';

/** Fitting, judging, and the classifier that came of it. */
export class Training {
  #phase = $state<TrainingPhase>('idle');
  #history = $state.raw<readonly EpochReport[]>([]);
  #classifier = $state.raw<SavedClassifier | null>(null);
  #problem = $state.raw<Problem | null>(null);

  get phase(): TrainingPhase {
    return this.#phase;
  }
  /** Why Train can't be pressed. */
  get blockers(): readonly Problem[] {
    return [];
  }
  /** What would make the result better; doesn't keep from training. */
  get advice(): readonly Problem[] {
    return [];
  }
  /** Of the fit that runs, else of the classifier there is. */
  get history(): readonly EpochReport[] {
    return this.#history;
  }
  get classifier(): SavedClassifier | null {
    return this.#classifier;
  }
  /** Present names of the classifier's classes, in the head's order. */
  get labels(): readonly string[] {
    return [];
  }
  /** Pictures or options have changed since the classifier was fitted. */
  get outdated(): boolean {
    return false;
  }
  /** Why the last training ended without a new classifier; the one before is kept. */
  get problem(): Problem | null {
    return this.#problem;
  }
  get judgedBy(): 'test' | 'validation' | null {
    return null;
  }
  get evaluation(): Evaluation | null {
    return null;
  }

  /** The judged pictures behind a cell of the confusion matrix. */
  samplesOf(_actual: number, _predicted: number): readonly Judged[] {
    return [];
  }
  async train(): Promise<void> {}
  /** Ends fitting, keeps the best epoch so far. */
  stop(): void {}
  /** Ends training and throws it away; the classifier before stays. */
  cancel(): void {}
}
