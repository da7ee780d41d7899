import { at } from './at.ts';
import type { DenseLayer } from './head.ts';

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
