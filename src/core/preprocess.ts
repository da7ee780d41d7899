/** How a picture becomes square. See "From picture to input" in ARCHITECTURE.md. */
export type Crop = 'centre' | 'pad' | 'stretch';

/** The values that a backbone wants its pixels scaled to. */
export type InputRange = readonly [min: number, max: number];

/** A backbone's input before scaling to its range: RGB, row-major [side, side, 3]. */
export type InputPixels = Uint8Array<ArrayBuffer>;

/** In whole pixels, from the top left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Which part of a picture goes where in the backbone's square input. What it leaves free is black. */
export interface Placement {
  /** In the picture, after EXIF orientation. */
  readonly from: Rectangle;
  /** In the square. */
  readonly to: Rectangle;
}

/**
 * How a picture becomes square.
 *
 * - `centre`: the largest square, its corner at `floor((length − side) / 2)`.
 * - `stretch`: the whole picture, its aspect given up.
 * - `pad`: the whole picture, scaled so that its longer side fills the square,
 *   on black. The shorter side is `shorter / longer · side` and the offset is
 *   half of what remains free, both rounded half to even and the side at least
 *   one pixel: what Pillow's `ImageOps.pad` (9.4) does.
 */
export function placeCrop(
  widthPx: number,
  heightPx: number,
  sidePx: number,
  crop: Crop,
): Placement {
  const whole = { x: 0, y: 0, widthPx, heightPx };
  const square = { x: 0, y: 0, widthPx: sidePx, heightPx: sidePx };
  switch (crop) {
    case 'centre':
      return { from: centreSquare(widthPx, heightPx), to: square };
    case 'stretch':
      return { from: whole, to: square };
    case 'pad':
      return { from: whole, to: fitInto(sidePx, widthPx, heightPx) };
  }
}

function centreSquare(widthPx: number, heightPx: number): Rectangle {
  const side = Math.min(widthPx, heightPx);
  return {
    x: Math.floor((widthPx - side) / 2),
    y: Math.floor((heightPx - side) / 2),
    widthPx: side,
    heightPx: side,
  };
}

function fitInto(sidePx: number, widthPx: number, heightPx: number): Rectangle {
  if (widthPx >= heightPx) {
    const height = Math.max(1, roundHalfToEven((heightPx / widthPx) * sidePx));
    const y = roundHalfToEven((sidePx - height) / 2);
    return { x: 0, y, widthPx: sidePx, heightPx: height };
  }
  const width = Math.max(1, roundHalfToEven((widthPx / heightPx) * sidePx));
  const x = roundHalfToEven((sidePx - width) / 2);
  return { x, y: 0, widthPx: width, heightPx: sidePx };
}

/** Python's `round`: 0.5 becomes 0, 1.5 becomes 2. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
