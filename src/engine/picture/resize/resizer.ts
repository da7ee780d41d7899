import { planResampling, resampleColumns, resampleRows } from '../../../core/resize.ts';

/** Sizes of a picture's part before and after, in pixels. */
export interface ResizePlan {
  readonly fromWidthPx: number;
  readonly fromHeightPx: number;
  readonly toWidthPx: number;
  readonly toHeightPx: number;
  /** Most rows that are handed over at once. */
  readonly stripRows: number;
}

/**
 * The triangle filter of {@link file://../../../core/resize.ts} in memory that is kept from picture to
 * picture: fresh memory takes longer to come by than a picture to resize.
 */
export interface Resizer {
  readonly name: 'wasm-simd' | 'javascript';
  /** Begins a picture; the one before is over, and so are the views of it. */
  begin(plan: ResizePlan): void;
  /** Room for that many rows of RGBA, [rows, fromWidthPx, 4]; the fourth channel doesn't count. */
  strip(rows: number): Uint8Array<ArrayBuffer>;
  /** Takes the rows that stand in the strip. @param row of the picture, the first of them. */
  take(row: number, rows: number): void;
  /** RGB, [toHeightPx, toWidthPx, 3], until the next picture begins. */
  finish(): Uint8Array<ArrayBuffer>;
}

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
