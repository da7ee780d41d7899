import { expect, test } from 'vitest';
import { at } from './at.ts';
import { foldStandardisation, type DenseLayer } from './head.ts';
import { createRandom } from './random.ts';

/** Before the activation, in double precision. */
function compute(layer: DenseLayer, input: readonly number[]): number[] {
  return Array.from(layer.bias, (bias, unit) =>
    input.reduce(
      (sum, value, index) => sum + value * at(layer.kernel, index * layer.units + unit),
      bias,
    ),
  );
}

test('the folded layer does to raw inputs what the layer did to standardised ones', () => {
  const random = createRandom(1);
  const inputs = 300;
  const units = 4;
  const numbers = (count: number, draw: () => number) => Float32Array.from({ length: count }, draw);
  const layer: DenseLayer = {
    units,
    kernel: numbers(inputs * units, () => random.normal()),
    bias: numbers(units, () => random.normal()),
    activation: 'softmax',
  };
  const mean = numbers(inputs, () => random.next() * 3);
  const std = numbers(inputs, () => 0.05 + random.next());
  const raw = Array.from({ length: inputs }, () => random.next() * 6);
  const standardised = raw.map((value, index) => (value - at(mean, index)) / at(std, index));

  const folded = foldStandardisation(layer, mean, std);
  const expected = compute(layer, standardised);
  compute(folded, raw).forEach((value, unit) => {
    expect(Math.abs(value - at(expected, unit))).toBeLessThan(1e-3);
  });
  expect(folded.units).toBe(units);
  expect(folded.activation).toBe('softmax');
});

test('mean 0 and deviation 1 change nothing, and the given layer is left alone', () => {
  const layer: DenseLayer = {
    units: 2,
    kernel: Float32Array.of(1, 2, 3, 4),
    bias: Float32Array.of(0.5, -0.5),
    activation: 'relu',
  };
  expect(foldStandardisation(layer, Float32Array.of(0, 0), Float32Array.of(1, 1))).toEqual(layer);
  foldStandardisation(layer, Float32Array.of(1, 1), Float32Array.of(2, 2));
  expect([...layer.kernel, ...layer.bias]).toEqual([1, 2, 3, 4, 0.5, -0.5]);
});
