import { compileModule, growTo } from '../../../network/wasm/compile-module.ts';
import { LINEAR_ALGEBRA_MODULES } from './linear-algebra-modules.ts';
import { type LinearAlgebra, createTypedArrays } from './linear-algebra.ts';

/** The fastest that this machine has: WASM with SIMD, else typed arrays. */
export function createLinearAlgebra(): LinearAlgebra {
  return createWasmLinearAlgebra() ?? createTypedArrays();
}

/** Matrices by the address of their first byte. */
type Product = (
  x: number,
  rows: number,
  inputs: number,
  factor: number,
  units: number,
  result: number,
) => void;

interface LinearAlgebraExports {
  readonly multiply: Product;
  readonly multiplyTransposed: Product;
  readonly addSingles: (target: number, values: number, count: number) => void;
  readonly dot: (a: number, b: number, count: number) => number;
  readonly addScaled: (target: number, values: number, factor: number, count: number) => void;
}

/** Addresses of vectors are divisible by it. */
const ALIGNMENT = 16;

/** Kept: an engine's compiler takes a while to find out which of its loops are worth its best code. */
let compiled: WebAssembly.Module | null = null;

/** On 128-bit vectors; null where WASM has none, or a host's policy keeps it out. */
export function createWasmLinearAlgebra(): LinearAlgebra | null {
  compiled ??= compileModule(LINEAR_ALGEBRA_MODULES);
  return compiled === null ? null : instantiate(compiled);
}

function instantiate(module: WebAssembly.Module): LinearAlgebra {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { multiply, multiplyTransposed, addSingles, dot, addScaled } =
    exports as unknown as LinearAlgebraExports;
  return {
    name: 'wasm-simd',
    allocate: ({ matrices, vectors }) => {
      let end = ALIGNMENT;
      const place = (length: number, bytes: number) => {
        const offset = end;
        end += Math.ceil((length * bytes) / ALIGNMENT) * ALIGNMENT;
        return { offset, length };
      };
      const singles = matrices.map((length) => place(length, 4));
      const doubles = vectors.map((length) => place(length, 8));
      growTo(memory, end);
      const { buffer } = memory;
      return {
        matrices: singles.map(({ offset, length }) => new Float32Array(buffer, offset, length)),
        vectors: doubles.map(({ offset, length }) => new Float64Array(buffer, offset, length)),
      };
    },
    multiply: (x, inputs, w, units, z) => {
      multiply(x.byteOffset, x.length / inputs, inputs, w.byteOffset, units, z.byteOffset);
    },
    multiplyTransposed: (x, inputs, r, units, g) => {
      multiplyTransposed(
        x.byteOffset,
        x.length / inputs,
        inputs,
        r.byteOffset,
        units,
        g.byteOffset,
      );
    },
    addSingles: (target, values) => {
      addSingles(target.byteOffset, values.byteOffset, target.length);
    },
    dot: (a, b) => dot(a.byteOffset, b.byteOffset, a.length),
    addScaled: (target, values, factor) => {
      addScaled(target.byteOffset, values.byteOffset, factor, target.length);
    },
  };
}
