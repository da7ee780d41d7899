import { placeCrop, type Placement, type Rectangle } from '../../core/crop.ts';
import type { Crop } from '../../core/preprocess.ts';
import { planResampling, resampleColumns, resampleRows } from '../../core/resize.ts';

/** A backbone's input before scaling to its range: RGB, row-major [side, side, 3]. */
export type InputPixels = Uint8Array<ArrayBuffer>;

/**
 * Pixels read at once. A 100-megapixel picture would be 400 MB of RGBA, so
 * pictures are read and narrowed in strips of at most 16 MB.
 */
const STRIP_PIXELS = 4_000_000;

/**
 * From a decoded picture to a backbone's input: over white, cropped, resized
 * by the one triangle filter. The same for files and for camera frames.
 */
export function pictureToInput(picture: ImageBitmap, crop: Crop, sidePx: number): InputPixels {
  const placement = placeCrop(picture.width, picture.height, sidePx, crop);
  const { from, to } = placement;
  const narrowed = new Uint8Array(from.heightPx * to.widthPx * 3);
  const plan = planResampling(from.widthPx, to.widthPx);
  readStrips(picture, from, (rgba, row) => {
    resampleRows(rgba, plan, narrowed, row);
  });
  const resized = resampleColumns(narrowed, to.widthPx, planResampling(from.heightPx, to.heightPx));
  return placeOnBlack(resized, placement, sidePx);
}

/** Draws part of a picture one to one over white, strip by strip, and hands out its RGBA. */
function readStrips(
  picture: ImageBitmap,
  { x, y, widthPx, heightPx }: Rectangle,
  take: (rgba: Uint8ClampedArray, row: number) => void,
): void {
  const stripRows = Math.min(heightPx, Math.max(1, Math.floor(STRIP_PIXELS / widthPx)));
  const canvas = new OffscreenCanvas(widthPx, stripRows);
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null) throw new Error('no 2D canvas');
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#fff';
  for (let row = 0; row < heightPx; row += stripRows) {
    const rows = Math.min(stripRows, heightPx - row);
    context.fillRect(0, 0, widthPx, rows);
    context.drawImage(picture, x, y + row, widthPx, rows, 0, 0, widthPx, rows);
    take(context.getImageData(0, 0, widthPx, rows).data, row);
  }
}

function placeOnBlack(rgb: InputPixels, { to }: Placement, sidePx: number): InputPixels {
  if (to.widthPx === sidePx && to.heightPx === sidePx) return rgb;
  const square = new Uint8Array(sidePx * sidePx * 3);
  const stride = to.widthPx * 3;
  for (let row = 0; row < to.heightPx; row++) {
    const line = rgb.subarray(row * stride, (row + 1) * stride);
    square.set(line, ((to.y + row) * sidePx + to.x) * 3);
  }
  return square;
}
