import { placeCrop, type Placement, type Crop, type InputPixels } from '../../core/preprocess.ts';
import type { Frame } from '../contract.ts';
import { readPixels, sizeOf, stripRowsOf } from './read-pixels.ts';
import { createResizer } from './resize/wasm-resizer.ts';

const resizer = createResizer();
/** One picture at a time: its memory is the next one's. */
let last: Promise<unknown> = Promise.resolve();

/**
 * From a decoded picture to a backbone's input: over white, cropped, resized
 * by the one triangle filter. The same for files and for camera frames.
 *
 * @param asStored whether nothing says that the picture is to be turned: then it is read faster.
 * @param use what is to be done with the input, which is there only until that is done.
 */
export function withInput<T>(
  picture: Frame,
  crop: Crop,
  sidePx: number,
  asStored: boolean,
  use: (input: InputPixels) => T | Promise<T>,
): Promise<T> {
  const result = last.then(async () => {
    const { widthPx, heightPx } = sizeOf(picture);
    const placement = placeCrop(widthPx, heightPx, sidePx, crop);
    const { from, to } = placement;
    resizer.begin({
      fromWidthPx: from.widthPx,
      fromHeightPx: from.heightPx,
      toWidthPx: to.widthPx,
      toHeightPx: to.heightPx,
      stripRows: stripRowsOf(from),
    });
    await readPixels(picture, from, asStored, resizer);
    return use(placeOnBlack(resizer.finish(), placement, sidePx));
  });
  last = result.catch(() => undefined);
  return result;
}

/** The input, to keep. */
export function pictureToInput(
  picture: ImageBitmap,
  crop: Crop,
  sidePx: number,
): Promise<InputPixels> {
  return withInput(picture, crop, sidePx, false, (input) => input.slice());
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
