import { KERNEL_MODULE } from './kernel-module.ts';
import type { MatrixKernel } from './matrix-kernel.ts';

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
}

const PAGE_BYTES = 2 ** 16;
/** Addresses of vectors are divisible by it. */
const ALIGNMENT = 16;

/** On 128-bit vectors; null where WASM has none, or a host's policy keeps it out. */
export function createWasmKernel(): MatrixKernel | null {
  // Some privacy settings take it away altogether.
  const there = (globalThis as { readonly WebAssembly?: typeof WebAssembly }).WebAssembly;
  const module = there === undefined ? null : compile();
  return module === null ? null : instantiate(module);
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

function instantiate(module: WebAssembly.Module): MatrixKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { multiply, multiplyTransposed } = exports as unknown as KernelExports;
  return {
    name: 'wasm-simd',
    allocate: (lengths) => {
      let end = ALIGNMENT;
      const offsets = lengths.map((length) => {
        const offset = end;
        end += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
        return offset;
      });
      const pages = Math.ceil(end / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
      if (pages > 0) memory.grow(pages);
      return lengths.map(
        (length, index) => new Float32Array(memory.buffer, offsets[index], length),
      );
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
  };
}
