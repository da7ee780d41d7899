import { describe, expect, test, vi } from 'vitest';
import { at } from '../../../core/at.ts';
import { createRandom } from '../../../core/random.ts';
import { planResampling, resampleColumns, resampleRows } from '../../../core/resize.ts';
import { createResize } from './create-resize.ts';

test('this machine has SIMD, so that the next tests compare two ways', () => {
  expect(createResize().name).toBe('wasm-simd');
});

test('without WebAssembly JavaScript computes', () => {
  vi.stubGlobal('WebAssembly', undefined);
  expect(createResize().name).toBe('javascript');
  vi.unstubAllGlobals();
});

describe('both ways give the same, to the bit', () => {
  const resize = createResize();

  test.each([
    [1, 1, 1, 1],
    [1, 5, 7, 3],
    [9, 4, 9, 4],
    [341, 256, 224, 224],
    [224, 300, 224, 224],
    [50, 37, 224, 166],
    [1203, 77, 96, 6],
    // More than what the module keeps of its memory.
    [3000, 1000, 224, 75],
  ])('%i × %i to %i × %i', (width, height, toWidth, toHeight) => {
    const random = createRandom(width + height);
    const rgba = Uint8Array.from({ length: width * height * 4 }, () => random.int(256));
    // Whole white: where rounding passes 255.
    rgba.fill(255, 0, Math.floor(rgba.length / 4));
    const [across, down] = [planResampling(width, toWidth), planResampling(height, toHeight)];
    const size = (height + 1) * toWidth * 3;
    const [ours, theirs] = [new Uint8Array(size), new Uint8Array(size)];
    resize.rows(rgba, across, ours, 1);
    resampleRows(rgba, across, theirs, 1);
    expect(firstDifference(ours, theirs)).toBe(-1);
    const narrowed = theirs.subarray(toWidth * 3);
    const [one, other] = [
      resize.columns(narrowed, toWidth, down),
      resampleColumns(narrowed, toWidth, down),
    ];
    expect(one.length).toBe(toHeight * toWidth * 3);
    expect(firstDifference(one, other)).toBe(-1);
  });
});

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.findIndex((value, index) => value !== at(b, index));
}
