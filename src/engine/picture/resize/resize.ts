import type { ColumnResampler, RowResampler } from '../../../core/resize.ts';

/** The triangle filter of {@link file://../../../core/resize.ts}, whichever way this machine computes it. */
export interface Resize {
  readonly name: 'wasm-simd' | 'javascript';
  readonly rows: RowResampler;
  readonly columns: ColumnResampler;
}
