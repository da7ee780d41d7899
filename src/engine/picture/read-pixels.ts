import type { Rectangle } from '../../core/crop.ts';

/**
 * Pixels read at once. A 100-megapixel picture would be 400 MB of RGBA, so
 * pictures are read in strips of at most 16 MB.
 */
const STRIP_PIXELS = 4_000_000;

/** Takes rows of RGBA over white, [rows, widthPx, 4], the first of them `row`. */
export type TakeRows = (rgba: Uint8Array | Uint8ClampedArray, row: number) => void;

/**
 * Reads part of a picture one to one, over white, strip by strip. An opaque picture's own memory is
 * copied where the browser can do that right: a canvas takes ten times as long to say the same.
 *
 * @param asStored whether nothing says that the picture is to be turned. A browser may turn it only
 *   where it is shown: its memory then isn't what it shows.
 */
export async function readPixels(
  picture: ImageBitmap,
  area: Rectangle,
  asStored: boolean,
  take: TakeRows,
): Promise<void> {
  const frame = asStored && (await copiesFrames()) ? frameOf(picture) : null;
  if (frame === null) drawStrips(picture, area, take);
  else await copyStrips(frame, area, take);
}

function stripsOf({ widthPx, heightPx }: Rectangle): { row: number; rows: number }[] {
  const most = Math.min(heightPx, Math.max(1, Math.floor(STRIP_PIXELS / widthPx)));
  return Array.from({ length: Math.ceil(heightPx / most) }, (_, strip) => ({
    row: strip * most,
    rows: Math.min(most, heightPx - strip * most),
  }));
}

export function drawStrips(picture: ImageBitmap, area: Rectangle, take: TakeRows): void {
  const { x, y, widthPx } = area;
  const strips = stripsOf(area);
  const canvas = new OffscreenCanvas(widthPx, strips[0]?.rows ?? 1);
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null) throw new Error('no 2D canvas');
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#fff';
  for (const { row, rows } of strips) {
    context.fillRect(0, 0, widthPx, rows);
    context.drawImage(picture, x, y + row, widthPx, rows, 0, 0, widthPx, rows);
    take(context.getImageData(0, 0, widthPx, rows).data, row);
  }
}

async function copyStrips(frame: VideoFrame, area: Rectangle, take: TakeRows): Promise<void> {
  const { x, y, widthPx: width } = area;
  try {
    for (const { row, rows } of stripsOf(area)) {
      const rgba = new Uint8Array(width * rows * 4);
      await copyRgba(frame, { x, y: y + row, width, height: rows }, rgba);
      take(rgba, row);
    }
  } finally {
    frame.close();
  }
}

/** `format` isn't in every declaration of the interface yet (WebCodecs, § 9.4.5). */
function copyRgba(frame: VideoFrame, rect: DOMRectInit, rgba: Uint8Array<ArrayBuffer>) {
  const options: VideoFrameCopyToOptions & { format: string } = { rect, format: 'RGBA' };
  return frame.copyTo(rgba, options);
}

/** Formats without an alpha channel. */
const OPAQUE: ReadonlySet<string | null> = new Set(['RGBX', 'BGRX']);

/** A picture's memory as a frame; null where its pixels aren't opaque sRGB. */
function frameOf(picture: ImageBitmap): VideoFrame | null {
  const frame = new VideoFrame(picture, { timestamp: 0 });
  const { primaries, transfer } = frame.colorSpace;
  const isSrgb = primaries === 'bt709' && transfer === 'iec61966-2-1';
  if (OPAQUE.has(frame.format) && isSrgb) return frame;
  frame.close();
  return null;
}

let copies: Promise<boolean> | null = null;

/** Whether this browser copies a frame's pixels in the order asked for, tried once on one pixel. */
function copiesFrames(): Promise<boolean> {
  copies ??= tryOnePixel().catch(() => false);
  return copies;
}

const PROBE = [200, 100, 50, 255] as const;

async function tryOnePixel(): Promise<boolean> {
  if (typeof VideoFrame === 'undefined') return false;
  const picture = await createImageBitmap(new ImageData(Uint8ClampedArray.from(PROBE), 1));
  const frame = new VideoFrame(picture, { timestamp: 0 });
  try {
    const rgba = new Uint8Array(4);
    await copyRgba(frame, { x: 0, y: 0, width: 1, height: 1 }, rgba);
    return PROBE.every((value, channel) => rgba[channel] === value);
  } finally {
    frame.close();
    picture.close();
  }
}
