import { describe, expect, it } from 'vitest';
import { placeCrop, type Rectangle, type Crop } from './preprocess.ts';
import { resizeTriangle } from './resize.ts';
import fixture from './testing/pillow-fixture.json';

/** RGBA of the same formula that make-pillow-fixture.py draws by. */
function drawPattern(widthPx: number, heightPx: number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const pixel = (y * widthPx + x) * 4;
      for (let c = 0; c < 3; c++) {
        rgba[pixel + c] = (x * (7 + 4 * c) + y * (13 - 2 * c) + x * y * (c + 1) + 90 * c) % 256;
      }
      rgba[pixel + 3] = 255;
    }
  }
  return rgba;
}

function cut(rgba: Uint8ClampedArray, widthPx: number, from: Rectangle): Uint8ClampedArray {
  const part = new Uint8ClampedArray(from.widthPx * from.heightPx * 4);
  for (let row = 0; row < from.heightPx; row++) {
    const start = ((from.y + row) * widthPx + from.x) * 4;
    part.set(rgba.subarray(start, start + from.widthPx * 4), row * from.widthPx * 4);
  }
  return part;
}

/** The whole way, as engine/picture/input.ts goes it. */
function toSquare(widthPx: number, heightPx: number, sidePx: number, crop: Crop): Uint8Array {
  const { from, to } = placeCrop(widthPx, heightPx, sidePx, crop);
  const part = cut(drawPattern(widthPx, heightPx), widthPx, from);
  const rgb = resizeTriangle(part, from.widthPx, from.heightPx, to.widthPx, to.heightPx);
  const square = new Uint8Array(sidePx * sidePx * 3);
  for (let row = 0; row < to.heightPx; row++) {
    const line = rgb.subarray(row * to.widthPx * 3, (row + 1) * to.widthPx * 3);
    square.set(line, ((to.y + row) * sidePx + to.x) * 3);
  }
  return square;
}

describe(`crop and resize against Pillow ${fixture.pillow}, bit for bit`, () => {
  it.each(fixture.cases)('$widthPx × $heightPx, $crop, to $sidePx', (wanted) => {
    const { widthPx, heightPx, sidePx, crop, rgb } = wanted;
    const found = toSquare(widthPx, heightPx, sidePx, crop as Crop);
    expect(Buffer.from(found).toString('base64')).toBe(rgb);
  });
});

describe('resizeTriangle', () => {
  it('keeps an even colour, whatever the sizes', () => {
    for (const [from, to] of [
      [1, 7],
      [5, 3],
      [640, 224],
      [3001, 224],
    ] as const) {
      const rgba = new Uint8ClampedArray(from * from * 4).fill(255);
      expect(resizeTriangle(rgba, from, from, to, to).every((value) => value === 255)).toBe(true);
    }
  });

  it('gives what came in where the size stays', () => {
    const rgba = drawPattern(9, 4);
    const rgb = rgba.filter((_, index) => index % 4 < 3);
    expect([...resizeTriangle(rgba, 9, 4, 9, 4)]).toEqual([...rgb]);
  });
});
