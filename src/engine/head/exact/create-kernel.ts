import type { Kernel } from './kernel.ts';
import { createTypedArrayKernel } from './typed-array-kernel.ts';
import { createWasmKernel } from './wasm-kernel.ts';

/** The fastest that this machine has: WASM with SIMD, else typed arrays. */
export function createKernel(): Kernel {
  return createWasmKernel() ?? createTypedArrayKernel();
}
