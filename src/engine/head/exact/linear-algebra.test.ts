import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compileWasm, wasmSources, wasmText } from '../../../../scripts/build-wasm.ts';
import { createRandom } from '../../../core/random.ts';
import { createLinearAlgebra } from './wasm-linear-algebra.ts';
import { type LinearAlgebra, createTypedArrays } from './linear-algebra.ts';

test.each(wasmSources)(
  '$target is what its source compiles to',
  (source) => {
    expect(readFileSync(source.target, 'utf8')).toBe(wasmText(source, compileWasm(source)));
  },
  60_000,
);

test('this machine has SIMD, so that the next tests compare two ways', () => {
  expect(createLinearAlgebra().name).toBe('wasm-simd');
});

describe('typed arrays take its place', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('without WebAssembly', async () => {
    vi.resetModules();
    const { createLinearAlgebra: createAnew } = await import('./wasm-linear-algebra.ts');
    vi.stubGlobal('WebAssembly', undefined);
    expect(createAnew().name).toBe('typed-arrays');
  });

  test('without SIMD, or where a policy forbids compiling', async () => {
    vi.resetModules();
    const { createLinearAlgebra: createAnew } = await import('./wasm-linear-algebra.ts');
    const { CompileError } = WebAssembly;
    const refuse = vi.fn(function () {
      throw new CompileError('refused');
    });
    vi.stubGlobal('WebAssembly', { CompileError, Module: refuse });
    expect(createAnew().name).toBe('typed-arrays');
  });
});

function multiplyBoth(algebra: LinearAlgebra, rows: number, inputs: number, units: number) {
  const random = createRandom(rows + inputs + units);
  const square = units * inputs;
  const { matrices, vectors } = algebra.allocate({
    matrices: [rows * inputs, square, rows * units, square],
    vectors: [square, square],
  });
  const [x, w, z, g] = matrices as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [a, b] = vectors as [Float64Array, Float64Array];
  for (const matrix of [x, w, g]) matrix.forEach((_, index) => (matrix[index] = random.normal()));
  algebra.multiply(x, inputs, w, units, z);
  algebra.multiplyTransposed(x, inputs, z, units, g);
  algebra.addSingles(a, g);
  algebra.addSingles(b, w);
  algebra.addScaled(a, b, 0.3);
  return [...z, ...g, ...a, algebra.dot(a, b)];
}

describe('both ways compute alike', () => {
  test.each([
    [4, 4, 1],
    [8, 16, 2],
    [4, 12, 3],
    [20, 1284, 5],
    [512, 64, 20],
  ])('%d rows of %d inputs, %d units', (rows, inputs, units) => {
    const exact = multiplyBoth(createTypedArrays(), rows, inputs, units);
    multiplyBoth(createLinearAlgebra(), rows, inputs, units).forEach((value, index) => {
      const expected = exact[index] ?? NaN;
      expect(Math.abs(value - expected)).toBeLessThan(1e-5 * (Math.abs(expected) + inputs + rows));
    });
  });
});
