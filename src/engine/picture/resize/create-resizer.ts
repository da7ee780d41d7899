import { createJavascriptResizer } from './javascript-resizer.ts';
import type { Resizer } from './resizer.ts';
import { createWasmResizer } from './wasm-resizer.ts';

/** The fastest that this machine has: WASM with SIMD, else JavaScript. */
export function createResizer(): Resizer {
  return createWasmResizer() ?? createJavascriptResizer();
}
