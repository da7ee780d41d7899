import { resampleColumns, resampleRows } from '../../../core/resize.ts';
import type { Resize } from './resize.ts';
import { createWasmResize } from './wasm-resize.ts';

/** The fastest that this machine has: WASM with SIMD, else JavaScript. */
export function createResize(): Resize {
  return (
    createWasmResize() ?? { name: 'javascript', rows: resampleRows, columns: resampleColumns }
  );
}
