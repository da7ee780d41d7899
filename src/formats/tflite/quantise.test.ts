import { describe, expect, it, test } from 'vitest';
import { at } from '../../core/at.ts';
import { quantiseRange, quantiseWeights, type ValueRange } from './quantise.ts';

describe('a range', () => {
  it.each([
    { range: [0, 255], scale: 1, zeroPoint: -128 },
    { range: [-1, 1.04], scale: 2.04 / 255, zeroPoint: -3 },
    { range: [0, 6], scale: 6 / 255, zeroPoint: -128 },
    { range: [-6, 0], scale: 6 / 255, zeroPoint: 127 },
    // Zero is always among the values.
    { range: [3, 6], scale: 6 / 255, zeroPoint: -128 },
    { range: [-6, -3], scale: 6 / 255, zeroPoint: 127 },
    { range: [0, 0], scale: 1, zeroPoint: -128 },
  ] as const)('$range', ({ range, scale, zeroPoint }) => {
    const quantisation = quantiseRange(range);
    expect(at(quantisation.scales, 0)).toBe(Math.fround(scale));
    expect(quantisation.zeroPoints).toEqual([zeroPoint]);
  });

  test.each([
    [1, 0],
    [0, Infinity],
    [NaN, 1],
  ])('from %d to %d is none', (min, max) => {
    expect(() => quantiseRange([min, max])).toThrow(RangeError);
  });

  it('gives back its values within half a step, and zero exactly', () => {
    const [min, max]: ValueRange = [-3.7, 11.3];
    const { scales, zeroPoints } = quantiseRange([min, max]);
    const [scale, zeroPoint] = [at(scales, 0), at(zeroPoints, 0)];
    expect(Number.isInteger(zeroPoint)).toBe(true);
    for (let value = min; value <= max; value += 0.01) {
      const integer = Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint));
      // At the ends the zero point's own rounding may take another half.
      expect(Math.abs(scale * (integer - zeroPoint) - value)).toBeLessThanOrEqual(scale * 1.001);
    }
  });
});

describe('weights', () => {
  const kernel = Float32Array.of(1, -2, 0.5, 100, 0, -127);
  const bias = Float32Array.of(1, -2);
  const input = { scale: 0.5, means: new Float32Array(3) };

  it('have a scale for each output, its weights together', () => {
    const weights = quantiseWeights({ kernel, bias, outputs: 'first' }, input, false);
    expect(weights.scales).toEqual([Math.fround(2 / 127), 1]);
    expect([...weights.kernel]).toEqual([64, -127, 32, 100, 0, -127]);
    expect([...weights.bias]).toEqual([127, -4]);
  });

  it('have a scale for each output, its weights apart', () => {
    const weights = quantiseWeights({ kernel, bias, outputs: 'last' }, input, false);
    expect(weights.scales).toEqual([Math.fround(1 / 127), 1]);
    expect([...weights.kernel]).toEqual([127, -2, 64, 100, 0, -127]);
  });

  it('share one where the operator knows no other', () => {
    const weights = quantiseWeights({ kernel, bias, outputs: 'first' }, input, true);
    expect(weights.scales).toEqual([1, 1]);
    expect([...weights.kernel]).toEqual([1, -2, 1, 100, 0, -127]);
  });

  it('leave room for a bias that they are small beside, and for none at all', () => {
    const small = { kernel: Float32Array.of(1e-12, 0), bias: Float32Array.of(50, 0) };
    const one = { scale: 0.01, means: new Float32Array(1) };
    const weights = quantiseWeights({ ...small, outputs: 'first' }, one, false);
    expect(at(weights.bias, 0) * at(weights.scales, 0) * 0.01).toBeCloseTo(50, 4);
    expect(weights.scales[1]).toBe(1);
    expect([...weights.kernel]).toEqual([0, 0]);
  });

  it.each([
    { outputs: 'first', means: [0.3, 0.9, 4] },
    { outputs: 'last', means: [2, 0.7] },
    // One channel with both outputs.
    { outputs: 'last', means: [3] },
  ] as const)('answer typical inputs as they did, $outputs, $means', ({ outputs, means }) => {
    const given = Float32Array.of(0.301, -2, 0.517, 100.4, 0.2, -127);
    const scale = 0.001;
    const weights = quantiseWeights(
      { kernel: given, bias, outputs },
      { scale, means: Float32Array.from(means) },
      false,
    );
    const answer = (kernel: ArrayLike<number>, output: number) => {
      const indices =
        outputs === 'first'
          ? [0, 1, 2].map((i) => 3 * output + i)
          : [0, 2, 4].map((i) => i + output);
      const inputOf = (index: number) =>
        at(means, outputs === 'first' ? index % 3 : Math.floor((output * means.length) / 2));
      return indices.reduce((sum, index) => sum + at(kernel, index) * inputOf(index), 0);
    };
    for (const output of [0, 1]) {
      const own = at(weights.scales, output);
      const wanted = answer(given, output) + at(bias, output);
      const sum = own * answer(weights.kernel, output);
      // Within half a step of the bias, which the weights' own rounding isn't.
      const step = own * scale;
      expect(Math.abs(sum + at(weights.bias, output) * step - wanted)).toBeLessThan(0.6 * step);
      expect(Math.abs(sum + at(bias, output) - wanted)).toBeGreaterThan(10 * step);
    }
  });
});
