/**
 * One dense layer: `output = activation(input · kernel + bias)`.
 */
export interface DenseLayer {
  readonly units: number;
  /** Row-major [inputs, units]. */
  readonly kernel: Float32Array<ArrayBuffer>;
  /** [units]. */
  readonly bias: Float32Array<ArrayBuffer>;
  readonly activation: 'relu' | 'softmax';
}

/**
 * A fitted head: dense layers from a raw (not standardised) embedding to
 * probabilities. The standardisation that it was trained with is already
 * folded into the first layer. The last layer is a softmax with a unit for
 * each class, in the order of `classIds`.
 */
export interface Head {
  readonly embeddingLength: number;
  readonly layers: readonly DenseLayer[];
  readonly classIds: readonly string[];
}

/**
 * One epoch of fitting, or one iteration of the exact solver, on the training part and, if there is
 * one, the validation part.
 */
export interface EpochReport {
  /** From 1; iterations are counted through the whole path of L2 penalties. */
  readonly epoch: number;
  /** At the epoch's end; null for an iteration. */
  readonly learningRate: number | null;
  /** Strength of the L2 penalty. */
  readonly l2: number;
  /** Mean over the samples, without the L2 term: as the epoch went, or after the iteration. */
  readonly loss: number;
  /** Share of right answers, 0 to 1, on the training part, likewise. */
  readonly accuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}
