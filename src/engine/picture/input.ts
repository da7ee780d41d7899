import { placeCrop, type Placement } from '../../core/crop.ts';
import type { Crop } from '../../core/preprocess.ts';
import { planResampling } from '../../core/resize.ts';
import { readPixels } from './read-pixels.ts';
import { createResize } from './resize/create-resize.ts';

/** A backbone's input before scaling to its range: RGB, row-major [side, side, 3]. */
export type InputPixels = Uint8Array<ArrayBuffer>;

const resize = createResize();

/**
 * From a decoded picture to a backbone's input: over white, cropped, resized
 * by the one triangle filter. The same for files and for camera frames.
 *
 * @param asStored whether nothing says that the picture is to be turned: then it is read faster.
 */
export async function pictureToInput(
  picture: ImageBitmap,
  crop: Crop,
  sidePx: number,
  asStored = false,
): Promise<InputPixels> {
  const placement = placeCrop(picture.width, picture.height, sidePx, crop);
  const { from, to } = placement;
  const narrowed = new Uint8Array(from.heightPx * to.widthPx * 3);
  const plan = planResampling(from.widthPx, to.widthPx);
  await readPixels(picture, from, asStored, (rgba, row) => {
    resize.rows(rgba, plan, narrowed, row);
  });
  const downwards = planResampling(from.heightPx, to.heightPx);
  return placeOnBlack(resize.columns(narrowed, to.widthPx, downwards), placement, sidePx);
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
