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

/** One epoch of fitting, on the training part and, if there is one, the validation part. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** At the epoch's end. */
  readonly learningRate: number;
  /** Mean over the epoch's samples, without the L2 term. */
  readonly loss: number;
  /** Share of right answers, 0 to 1, on the training part as the epoch went. */
  readonly accuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}
