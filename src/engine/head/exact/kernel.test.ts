import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compileKernel, kernels, kernelText } from '../../../../scripts/build-kernel.ts';
import { createRandom } from '../../../core/random.ts';
import { createKernel } from './create-kernel.ts';
import type { Kernel } from './kernel.ts';
import { createTypedArrayKernel } from './typed-array-kernel.ts';

test.each(kernels)(
  '$target is what its source compiles to',
  (files) => {
    expect(readFileSync(files.target, 'utf8')).toBe(kernelText(files, compileKernel(files)));
  },
  60_000,
);

test('this machine has SIMD, so that the next tests compare two kernels', () => {
  expect(createKernel().name).toBe('wasm-simd');
});

describe('typed arrays take its place', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('without WebAssembly', async () => {
    vi.resetModules();
    const { createKernel: createAnew } = await import('./create-kernel.ts');
    vi.stubGlobal('WebAssembly', undefined);
    expect(createAnew().name).toBe('typed-arrays');
  });

  test('without SIMD, or where a policy forbids compiling', async () => {
    vi.resetModules();
    const { createKernel: createAnew } = await import('./create-kernel.ts');
    const { CompileError } = WebAssembly;
    const refuse = vi.fn(function () {
      throw new CompileError('refused');
    });
    vi.stubGlobal('WebAssembly', { CompileError, Module: refuse });
    expect(createAnew().name).toBe('typed-arrays');
  });
});

function multiplyBoth(kernel: Kernel, rows: number, inputs: number, units: number) {
  const random = createRandom(rows + inputs + units);
  const square = units * inputs;
  const { matrices, vectors } = kernel.allocate({
    matrices: [rows * inputs, square, rows * units, square],
    vectors: [square, square],
  });
  const [x, w, z, g] = matrices as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [a, b] = vectors as [Float64Array, Float64Array];
  for (const matrix of [x, w, g]) matrix.forEach((_, index) => (matrix[index] = random.normal()));
  kernel.multiply(x, inputs, w, units, z);
  kernel.multiplyTransposed(x, inputs, z, units, g);
  kernel.addSingles(a, g);
  kernel.addSingles(b, w);
  kernel.addScaled(a, b, 0.3);
  return [...z, ...g, ...a, kernel.dot(a, b)];
}

describe('both kernels compute alike', () => {
  test.each([
    [4, 4, 1],
    [8, 16, 2],
    [4, 12, 3],
    [20, 1284, 5],
    [512, 64, 20],
  ])('%d rows of %d inputs, %d units', (rows, inputs, units) => {
    const exact = multiplyBoth(createTypedArrayKernel(), rows, inputs, units);
    multiplyBoth(createKernel(), rows, inputs, units).forEach((value, index) => {
      const expected = exact[index] ?? NaN;
      expect(Math.abs(value - expected)).toBeLessThan(1e-5 * (Math.abs(expected) + inputs + rows));
    });
  });
});
