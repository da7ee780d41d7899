import { at } from './at.ts';

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

/**
 * A head by its definition, for one picture; sums in double precision.
 *
 * @returns [classes], probabilities.
 */
export function applyHead(
  layers: readonly DenseLayer[],
  embedding: Float32Array,
): Float32Array<ArrayBuffer> {
  return layers.reduce(applyLayer, embedding.slice());
}

function applyLayer(
  inputs: Float32Array<ArrayBuffer>,
  { units, kernel, bias, activation }: DenseLayer,
): Float32Array<ArrayBuffer> {
  const sums = Float64Array.from(bias);
  for (let input = 0; input < inputs.length; input++) {
    const value = at(inputs, input);
    for (let unit = 0; unit < units; unit++)
      sums[unit] = at(sums, unit) + value * at(kernel, input * units + unit);
  }
  if (activation === 'relu') return Float32Array.from(sums, (sum) => Math.max(0, sum));
  const most = sums.reduce((largest, sum) => Math.max(largest, sum), -Infinity);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Float32Array.from(powers, (power) => power / total);
}

/**
 * Takes a layer that was fitted to standardised inputs and gives the one that
 * does the same to raw inputs, so that whoever runs the head needs no
 * statistics:
 *
 *     kernel · ((x − mean) / std) + bias = kernel′ · x + bias′
 *     kernel′[i, u] = kernel[i, u] / std[i]
 *     bias′[u]      = bias[u] − Σᵢ mean[i] · kernel[i, u] / std[i]
 *
 * Sums are made in double precision: with 1,280 inputs a single-precision sum
 * would cost two digits.
 *
 * @param mean of each input, [inputs].
 * @param std standard deviation of each input, above 0, [inputs].
 */
export function foldStandardisation(
  layer: DenseLayer,
  mean: Float32Array,
  std: Float32Array,
): DenseLayer {
  const { units } = layer;
  const kernel = new Float32Array(layer.kernel.length);
  const bias = Float64Array.from(layer.bias);
  for (const [input, centre] of mean.entries()) {
    const scale = at(std, input);
    for (let unit = 0; unit < units; unit++) {
      const weight = (layer.kernel[input * units + unit] ?? 0) / scale;
      kernel[input * units + unit] = weight;
      bias[unit] = (bias[unit] ?? 0) - centre * weight;
    }
  }
  return { ...layer, kernel, bias: Float32Array.from(bias) };
}
