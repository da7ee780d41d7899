import { at } from './at.ts';
import type { DenseLayer } from './head.ts';

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
