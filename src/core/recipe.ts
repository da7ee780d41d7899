import type { ResolvedTrainingOptions, TrainingOptions } from './options.ts';

/** What the automatic values depend on. */
export interface FitSize {
  /** Labelled samples in the whole project, validation part included. */
  readonly samples: number;
  /** Rows that this fit is computed on: the training part, or all of them when refitting. */
  readonly rows: number;
  /** Numbers in one embedding. */
  readonly embeddingLength: number;
}

/**
 * Decides every automatic value.
 *
 * [Note: the default recipe] Chosen by cross-validation on the training part
 * of a six-class photograph set, from 2 × 3 to 6 × 50 pictures, with
 * embeddings of MobileNetV2 α 1.0 and V1 α 0.25. Accuracy lies on a plateau
 * around these values. What did matter: zero initial weights, one scale for
 * all features instead of one for each (which cost 8 points at 2 × 3), and an
 * L2 penalty that fades as samples come in. Label smoothing cost log-loss and
 * is off.
 */
export function resolveOptions(options: TrainingOptions, size: FitSize): ResolvedTrainingOptions {
  return {
    ...options,
    learningRate: options.learningRate ?? learningRateFor(size.embeddingLength),
    epochs: options.epochs ?? epochsFor(size.samples),
    batchSize: options.batchSize ?? batchSizeFor(size.rows),
    l2: options.l2 ?? l2For(size.rows),
  };
}

/**
 * Peak learning rate: 0.0015 for 1,280 features. Standardised by one scale, an
 * embedding has a squared length of about its feature count, and a step of
 * Adam moves each logit by the rate times that; so the rate goes with its inverse.
 */
export function learningRateFor(embeddingLength: number): number {
  return (1.5e-3 * 1280) / Math.max(1, embeddingLength);
}

/** Fewer epochs the more samples: each then has more steps. */
export function epochsFor(samples: number): number {
  if (samples <= 1000) return 60;
  return samples <= 3000 ? 40 : 25;
}

/** 2√rows as the nearest power of two, from 16 to 256, and never more than there are rows. */
export function batchSizeFor(rows: number): number {
  const power = 2 ** Math.round(Math.log2(2 * Math.sqrt(Math.max(1, rows))));
  return Math.max(1, Math.min(rows, Math.max(16, Math.min(256, power))));
}

/** λ = 0.07 at a hundred rows, falling with the square root of their number. */
export function l2For(rows: number): number {
  return 0.07 * Math.sqrt(100 / Math.max(1, rows));
}

/**
 * What the exact solver's validation part chooses among: the usual strength, and up to sixteen
 * times more or less, in steps of four. On the sets that the recipe was chosen on, log-loss had its
 * minimum in this range, and accuracy changed by less than a point over all of it.
 */
export function l2Candidates(usual: number): number[] {
  return [16, 4, 1, 1 / 4, 1 / 16].map((ratio) => ratio * usual);
}

/** The strength for all rows that stands to the usual one as the chosen one does for a part of them. */
export function l2ForRefit(chosen: number, partRows: number, rows: number): number {
  return (chosen / l2For(partRows)) * l2For(rows);
}

/**
 * Whether the validation part can choose the epoch, or the exact solver's penalty: with a dozen pictures its
 * loss is noise, and stopping early by it cost two points of accuracy.
 */
export function canStopEarly(validationCount: number, classCount: number): boolean {
  return validationCount >= Math.max(20, 2 * classCount);
}

/**
 * For how many epochs the refit on all samples runs: as long as the fit that
 * was judged, but at least a third of the horizon, since a best epoch among
 * the first ones says more about a small validation part than about the task.
 */
export function refitEpochs(bestEpoch: number, epochs: number): number {
  return Math.min(epochs, Math.max(bestEpoch, Math.ceil(epochs / 3)));
}

/**
 * The learning rate of one step of gradient descent.
 *
 * Warm-up: over the first `warmup · totalSteps` steps the rate rises in a
 * straight line from zero to its peak (P. Goyal et al., 2017, section 2.2).
 * Over the remaining steps, as `progress` goes from 0 to 1:
 * - constant: the peak;
 * - cosine: `peak · (1 + cos(π · progress)) / 2` (I. Loshchilov and F. Hutter,
 *   "SGDR", 2017, without restarts); the last step still learns a little;
 * - step: the peak, a tenth of it from one half on, a hundredth from three quarters on.
 *
 * @param step from 0 to totalSteps − 1.
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  options: Pick<ResolvedTrainingOptions, 'learningRate' | 'schedule' | 'warmup'>,
): number {
  const peak = options.learningRate;
  const warmupSteps = Math.round(options.warmup * totalSteps);
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  switch (options.schedule) {
    case 'constant':
      return peak;
    case 'cosine':
      return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
    case 'step':
      return progress < 0.5 ? peak : progress < 0.75 ? peak / 10 : peak / 100;
  }
}

/** One strength of the penalty, fitted to the training part and judged by the validation part. */
export interface Candidate {
  readonly l2: number;
  /** Mean loss on the validation part. */
  readonly loss: number;
  /** Standard error of that mean. */
  readonly standardError: number;
}

/**
 * Chooses among strengths by the one-standard-error rule (L. Breiman et al., "Classification and
 * Regression Trees", 1984, section 3.4.3): all whose loss lies within one standard error of the
 * lowest are as good as it for all that the validation part can tell. Of those the one nearest to
 * `usual` (by ratio) is taken, where the original takes the simplest: a few dozen pictures should
 * overrule the recipe only when they clearly speak against it.
 *
 * @returns the index of the chosen one; −1 where there is none.
 */
export function chooseL2(candidates: readonly Candidate[], usual: number): number {
  const best = candidates.reduce<Candidate | null>(
    (lowest, one) => (lowest === null || one.loss < lowest.loss ? one : lowest),
    null,
  );
  if (best === null) return -1;
  const limit = best.loss + best.standardError;
  let [chosen, nearest] = [-1, Infinity];
  for (const [index, { l2, loss }] of candidates.entries()) {
    const distance = Math.abs(Math.log(l2 / usual));
    if (loss <= limit && distance < nearest) [chosen, nearest] = [index, distance];
  }
  return chosen;
}
