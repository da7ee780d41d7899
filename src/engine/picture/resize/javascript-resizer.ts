import { planResampling, resampleColumns, resampleRows } from '../../../core/resize.ts';
import type { ResizePlan, Resizer } from './resizer.ts';

/** Where there is no SIMD. */
export function createJavascriptResizer(): Resizer {
  let plan: ResizePlan = {
    fromWidthPx: 0,
    fromHeightPx: 0,
    toWidthPx: 0,
    toHeightPx: 0,
    stripRows: 0,
  };
  let narrowed = new Uint8Array();
  let strip = new Uint8Array();
  return {
    name: 'javascript',
    begin: (next) => {
      plan = next;
      narrowed = new Uint8Array(plan.fromHeightPx * plan.toWidthPx * 3);
    },
    strip: (rows) => {
      const bytes = rows * plan.fromWidthPx * 4;
      if (strip.length !== bytes) strip = new Uint8Array(bytes);
      return strip;
    },
    take: (row, rows) => {
      const rgba = strip.subarray(0, rows * plan.fromWidthPx * 4);
      resampleRows(rgba, planResampling(plan.fromWidthPx, plan.toWidthPx), narrowed, row);
    },
    finish: () =>
      resampleColumns(narrowed, plan.toWidthPx, planResampling(plan.fromHeightPx, plan.toHeightPx)),
  };
}
