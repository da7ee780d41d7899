import type { PictureBytes } from '../../core/dataset.ts';
import type { Frame } from '../contract.ts';
import { sizeOf } from './read-pixels.ts';

/** Longer side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE_PX = 192;
/** Below this share of the side, one bilinear step leaves pixels out and fine patterns flicker. */
const LEAST_BILINEAR_SCALE = 0.4;

let kept: OffscreenCanvasRenderingContext2D | null = null;

/** One canvas for every thumbnail: a fresh one costs more than what is drawn on it. */
function contextOf(widthPx: number, heightPx: number): OffscreenCanvasRenderingContext2D {
  // Read back each time: in main memory from the start.
  kept ??= new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true });
  if (kept === null) throw new Error('no 2D canvas');
  kept.canvas.width = widthPx;
  kept.canvas.height = heightPx;
  return kept;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * The whole picture as a small JPEG, over white. JPEG, because a WebP of that size takes four times
 * as long to encode.
 */
export function makeThumbnail(picture: Frame): Promise<PictureBytes> {
  // One at a time: the canvas is the next one's.
  const made = last.then(async () => {
    const full = sizeOf(picture);
    const scale = Math.min(1, THUMBNAIL_SIDE_PX / Math.max(full.widthPx, full.heightPx));
    const widthPx = Math.max(1, Math.round(full.widthPx * scale));
    const heightPx = Math.max(1, Math.round(full.heightPx * scale));
    const context = contextOf(widthPx, heightPx);
    context.fillStyle = '#fff';
    context.fillRect(0, 0, widthPx, heightPx);
    context.imageSmoothingQuality = scale >= LEAST_BILINEAR_SCALE ? 'low' : 'medium';
    context.drawImage(picture, 0, 0, widthPx, heightPx);
    const blob = await context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
  });
  last = made.catch(() => undefined);
  return made;
}

/** Encodes a whole picture: PNG without loss, JPEG over black at a quality for keeping. */
export async function encodePicture(
  picture: ImageBitmap,
  type: 'image/png' | 'image/jpeg',
): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(picture, 0, 0);
  return canvas.convertToBlob({ type, quality: 0.95 });
}
