import { at } from '../../../core/at.ts';
import { foldStandardisation, type DenseLayer, type Head } from '../../../core/head.ts';
import type { FitSet } from '../fit-set.ts';
import type { Standardisation } from '../standardise.ts';

/** Where weights lie in the solver's vector: [classes, stride], a class's bias behind its kernel. */
interface Layout {
  readonly embeddingLength: number;
  readonly classIds: readonly string[];
  readonly stride: number;
}

/** The head that the solver's weights of standardised features stand for. */
export function headOf(
  weights: Float64Array,
  { embeddingLength, classIds, stride }: Layout,
  { mean, std }: Standardisation,
): Head {
  const units = classIds.length;
  const kernel = new Float32Array(embeddingLength * units);
  const bias = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const own = weights.subarray(unit * stride, (unit + 1) * stride);
    for (let input = 0; input < embeddingLength; input++)
      kernel[input * units + unit] = own[input] ?? 0;
    bias[unit] = at(own, embeddingLength) * biasInput(embeddingLength);
  }
  const layer: DenseLayer = { units, kernel, bias, activation: 'softmax' };
  return { embeddingLength, classIds, layers: [foldStandardisation(layer, mean, std)] };
}

/**
 * The way back: a head's weights as the solver's, class by class of the same id; zeros for classes
 * that the head doesn't have, and altogether where it has hidden layers or takes other embeddings.
 */
export function weightsOf(
  head: Head | null,
  { embeddingLength, classIds, stride }: Layout,
  { mean, scale }: Standardisation,
): Float64Array {
  const weights = new Float64Array(classIds.length * stride);
  const [layer, ...others] = head?.layers ?? [];
  if (!head || !layer || others.length > 0 || head.embeddingLength !== embeddingLength)
    return weights;
  for (const [unit, id] of classIds.entries()) {
    const source = head.classIds.indexOf(id);
    if (source < 0) continue;
    const own = weights.subarray(unit * stride, (unit + 1) * stride);
    let bias = at(layer.bias, source);
    for (let input = 0; input < embeddingLength; input++) {
      const weight = layer.kernel[input * layer.units + source] ?? 0;
      own[input] = weight * scale;
      bias += (mean[input] ?? 0) * weight;
    }
    own[embeddingLength] = bias / biasInput(embeddingLength);
  }
  return weights;
}

/** Numbers in a row of features with its input for the bias, filled up to whole vectors of four. */
export function strideOf({ embeddingLength }: Pick<FitSet, 'embeddingLength'>): number {
  return Math.ceil((embeddingLength + 1) / 4) * 4;
}

/** How much the loss bends along a standardised feature vector of this length, about. */
export function usualCurvature(embeddingLength: number): number {
  return 0.1 * embeddingLength;
}

/**
 * What every row has as its input for the bias. With a 1, the biases would bend the loss a hundred
 * times less than the features' main directions, and the descent would take twice as many steps
 * (1,000 × 5 and 10,000 × 20 embeddings of 1,280 numbers: 36 and 66 evaluations, against 16 and 29).
 */
export function biasInput(embeddingLength: number): number {
  return Math.sqrt(usualCurvature(embeddingLength));
}
