import { KERNEL_MODULE } from './kernel-module.ts';
import type { Kernel } from './kernel.ts';

/** Matrices by the address of their first byte. */
type Product = (
  x: number,
  rows: number,
  inputs: number,
  factor: number,
  units: number,
  result: number,
) => void;

interface KernelExports {
  readonly multiply: Product;
  readonly multiplyTransposed: Product;
  readonly addSingles: (target: number, values: number, count: number) => void;
  readonly dot: (a: number, b: number, count: number) => number;
  readonly addScaled: (target: number, values: number, factor: number, count: number) => void;
}

const PAGE_BYTES = 2 ** 16;
/** Addresses of vectors are divisible by it. */
const ALIGNMENT = 16;

/** Kept: an engine's compiler takes a while to find out which of its loops are worth its best code. */
let compiled: WebAssembly.Module | null = null;

/** On 128-bit vectors; null where WASM has none, or a host's policy keeps it out. */
export function createWasmKernel(): Kernel | null {
  // Some privacy settings take it away altogether.
  const there = (globalThis as { readonly WebAssembly?: typeof WebAssembly }).WebAssembly;
  compiled ??= there === undefined ? null : compile();
  return compiled === null ? null : instantiate(compiled);
}

/** Under 2 kB: compiled in place, in a fraction of a millisecond. */
function compile(): WebAssembly.Module | null {
  const bytes = Uint8Array.from(atob(KERNEL_MODULE), (character) => character.charCodeAt(0));
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    // No SIMD, or a host's policy against it.
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

function instantiate(module: WebAssembly.Module): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { multiply, multiplyTransposed, addSingles, dot, addScaled } =
    exports as unknown as KernelExports;
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
      const pages = Math.ceil(end / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
      if (pages > 0) memory.grow(pages);
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
