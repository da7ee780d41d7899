import type { LinearAlgebra } from './linear-algebra.ts';

/** Rows whose loss is computed together: their features and answers stay in the cache meanwhile. */
const BLOCK_ROWS = 512;

/** Features with their targets. */
export interface LossRows {
  /** Standardised, each row ended by its input for the bias and zeros up to the stride; allocated by {@link LinearAlgebra}. */
  readonly features: Float32Array;
  /** Rows that count; `features` may be filled up with zeros behind them. */
  readonly count: number;
  /** Class of each row. */
  readonly classes: Int32Array;
  /** By how much a row of each class counts. */
  readonly classWeights: readonly number[];
  /** 0 to 1: the share of each target that is spread over all classes. */
  readonly labelSmoothing: number;
}

/** Sums over rows. */
export interface LossSums {
  readonly loss: number;
  /** Of the rows' losses squared. */
  readonly squares: number;
  readonly correct: number;
}

/** Where the weights are given, and their products are made. All allocated by {@link LinearAlgebra}. */
export interface LossMemory {
  /** [classes, stride] */
  readonly weights: Float32Array;
  /** [classes, stride] */
  readonly gradient: Float32Array;
  /** [a block's rows, classes] */
  readonly logits: Float32Array;
}

export interface SoftmaxLoss {
  /**
   * Weighted cross-entropy of the softmax at `weights`, summed.
   *
   * @param gradient receives the sum's gradient, [classes, stride], allocated by {@link LinearAlgebra}; null where none is wanted.
   */
  evaluate(rows: LossRows, weights: Float64Array, gradient: Float64Array | null): Promise<LossSums>;
}

/** How many numbers the logits of a block take. */
export function logitsLength(classCount: number): number {
  return BLOCK_ROWS * classCount;
}

/**
 * Logits and gradients in single precision by linear algebra, each block's gradient added up in
 * double precision, like the losses: sums of ten thousand rows keep their digits.
 *
 * @param stride numbers in a row of features.
 * @param breathe awaited between blocks.
 */
export function createSoftmaxLoss(
  algebra: LinearAlgebra,
  memory: LossMemory,
  stride: number,
  breathe: () => Promise<void>,
): SoftmaxLoss {
  const classCount = memory.weights.length / stride;
  return {
    evaluate: async (rows, weights, gradient) => {
      memory.weights.set(weights);
      gradient?.fill(0);
      let sums: LossSums = { loss: 0, squares: 0, correct: 0 };
      const stored = rows.features.length / stride;
      for (let start = 0; start < rows.count; start += BLOCK_ROWS) {
        const end = Math.min(start + BLOCK_ROWS, stored);
        const features = rows.features.subarray(start * stride, end * stride);
        const logits = memory.logits.subarray(0, (end - start) * classCount);
        algebra.multiply(features, stride, memory.weights, classCount, logits);
        sums = add(sums, lossOfBlock(logits, rows, start, Math.min(end, rows.count)));
        if (gradient !== null) {
          memory.gradient.fill(0);
          algebra.multiplyTransposed(features, stride, logits, classCount, memory.gradient);
          algebra.addSingles(gradient, memory.gradient);
        }
        await breathe();
      }
      return sums;
    },
  };
}

function add(a: LossSums, b: LossSums): LossSums {
  return {
    loss: a.loss + b.loss,
    squares: a.squares + b.squares,
    correct: a.correct + b.correct,
  };
}

/**
 * Replaces logits z by the loss's gradient at them, w · (p − t), for targets
 * `t = (1 − s) · [its class] + s / classes`. Rows behind `end` get zeros.
 */
function lossOfBlock(logits: Float32Array, rows: LossRows, start: number, end: number): LossSums {
  const { classWeights, labelSmoothing } = rows;
  const classCount = classWeights.length;
  const spread = labelSmoothing / classCount;
  let [loss, squares, correct] = [0, 0, 0];
  for (let row = start; row < end; row++) {
    const first = (row - start) * classCount;
    const wanted = rows.classes[row] ?? 0;
    const weight = classWeights[wanted] ?? 0;
    let [largest, likeliest, sum] = [-Infinity, -1, 0];
    for (let unit = 0; unit < classCount; unit++) {
      const logit = logits[first + unit] ?? 0;
      sum += logit;
      if (logit > largest) [largest, likeliest] = [logit, unit];
    }
    const ownLogit = logits[first + wanted] ?? 0;
    let total = 0;
    for (let unit = 0; unit < classCount; unit++) {
      const power = Math.exp((logits[first + unit] ?? 0) - largest);
      logits[first + unit] = power;
      total += power;
    }
    const expected = (1 - labelSmoothing) * ownLogit + spread * sum;
    const own = weight * (largest + Math.log(total) - expected);
    loss += own;
    squares += own * own;
    if (likeliest === wanted) correct++;
    for (let unit = 0; unit < classCount; unit++) {
      const target = spread + (unit === wanted ? 1 - labelSmoothing : 0);
      const probability = (logits[first + unit] ?? 0) / total;
      logits[first + unit] = weight * (probability - target);
    }
  }
  logits.fill(0, (end - start) * classCount);
  return { loss, squares, correct };
}
