import { describe, expect, test, vi } from 'vitest';
import { at } from '../../../core/at.ts';
import { createRandom } from '../../../core/random.ts';
import { createResizer } from './wasm-resizer.ts';
import { createJavascriptResizer, type Resizer } from './resizer.ts';

test('this machine has SIMD, so that the next tests compare two ways', () => {
  expect(createResizer().name).toBe('wasm-simd');
});

test('without WebAssembly JavaScript computes', () => {
  vi.stubGlobal('WebAssembly', undefined);
  expect(createResizer().name).toBe('javascript');
  vi.unstubAllGlobals();
});

interface Sizes {
  readonly from: readonly [width: number, height: number];
  readonly to: readonly [width: number, height: number];
  readonly stripRows: number;
}

function resizeBy(resizer: Resizer, rgba: Uint8Array, { from, to, stripRows }: Sizes): Uint8Array {
  const [fromWidthPx, fromHeightPx] = from;
  const [toWidthPx, toHeightPx] = to;
  resizer.begin({ fromWidthPx, fromHeightPx, toWidthPx, toHeightPx, stripRows });
  for (let row = 0; row < fromHeightPx; row += stripRows) {
    const rows = Math.min(stripRows, fromHeightPx - row);
    const start = row * fromWidthPx * 4;
    resizer.strip(rows).set(rgba.subarray(start, start + rows * fromWidthPx * 4));
    resizer.take(row, rows);
  }
  return resizer.finish();
}

describe('both ways give the same, to the bit, with one memory for all pictures', () => {
  const [wasm, javascript] = [createResizer(), createJavascriptResizer()];

  test.each<Sizes>([
    { from: [1, 1], to: [1, 1], stripRows: 1 },
    { from: [1, 5], to: [7, 3], stripRows: 5 },
    { from: [341, 256], to: [224, 224], stripRows: 256 },
    { from: [224, 300], to: [224, 224], stripRows: 101 },
    // More than is kept for the next one.
    { from: [3000, 1000], to: [224, 75], stripRows: 800 },
    { from: [50, 37], to: [224, 166], stripRows: 10 },
    { from: [1203, 77], to: [96, 6], stripRows: 77 },
    { from: [9, 4], to: [9, 4], stripRows: 4 },
  ])('$from to $to, $stripRows rows at once', (sizes) => {
    const [width, height] = sizes.from;
    const random = createRandom(width + height);
    const rgba = Uint8Array.from({ length: width * height * 4 }, () => random.int(256));
    // Whole white: where rounding passes 255.
    rgba.fill(255, 0, Math.floor(rgba.length / 4));
    const [ours, theirs] = [resizeBy(wasm, rgba, sizes), resizeBy(javascript, rgba, sizes)];
    expect(ours.length).toBe(sizes.to[0] * sizes.to[1] * 3);
    expect(ours.findIndex((value, index) => value !== at(theirs, index))).toBe(-1);
  });
});
