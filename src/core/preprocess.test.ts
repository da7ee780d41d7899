import { describe, expect, it } from 'vitest';
import { placeCrop } from './preprocess.ts';

describe('placeCrop', () => {
  it('takes the largest square of the middle, rounding its corner down', () => {
    expect(placeCrop(101, 60, 224, 'centre').from).toEqual({
      x: 20,
      y: 0,
      widthPx: 60,
      heightPx: 60,
    });
    expect(placeCrop(60, 101, 224, 'centre').from).toMatchObject({ x: 0, y: 20 });
  });

  it('stretches the whole picture over the whole square', () => {
    const { from, to } = placeCrop(101, 60, 224, 'stretch');
    expect(from).toEqual({ x: 0, y: 0, widthPx: 101, heightPx: 60 });
    expect(to).toEqual({ x: 0, y: 0, widthPx: 224, heightPx: 224 });
  });

  // Python: round(height / width * side), round((side − height) / 2), halves to even.
  it.each([
    { widthPx: 200, heightPx: 100, sidePx: 10, to: { x: 0, y: 2, widthPx: 10, heightPx: 5 } },
    { widthPx: 20, heightPx: 5, sidePx: 10, to: { x: 0, y: 4, widthPx: 10, heightPx: 2 } },
    { widthPx: 20, heightPx: 7, sidePx: 10, to: { x: 0, y: 3, widthPx: 10, heightPx: 4 } },
    { widthPx: 5, heightPx: 20, sidePx: 10, to: { x: 4, y: 0, widthPx: 2, heightPx: 10 } },
    { widthPx: 5000, heightPx: 1, sidePx: 10, to: { x: 0, y: 4, widthPx: 10, heightPx: 1 } },
    { widthPx: 30, heightPx: 30, sidePx: 10, to: { x: 0, y: 0, widthPx: 10, heightPx: 10 } },
  ])('pads $widthPx × $heightPx as Pillow does', ({ widthPx, heightPx, sidePx, to }) => {
    expect(placeCrop(widthPx, heightPx, sidePx, 'pad').to).toEqual(to);
  });
});
