import type { Rectangle } from '../../core/preprocess.ts';
import type { Frame } from '../contract.ts';

/**
 * Pixels read at once. A 100-megapixel picture would be 400 MB of RGBA, so
 * pictures are read in strips of at most 16 MB.
 */
const STRIP_PIXELS = 4_000_000;

/** A canvas of more isn't kept. */
const KEPT_PIXELS = 1_000_000;

/** As it is shown. */
export function sizeOf(picture: Frame): { readonly widthPx: number; readonly heightPx: number } {
  return picture instanceof ImageBitmap
    ? { widthPx: picture.width, heightPx: picture.height }
    : { widthPx: picture.displayWidth, heightPx: picture.displayHeight };
}

/** Where rows of RGBA go, [rows, widthPx, 4]: written into the strip, then taken. */
export interface RowSink {
  strip(rows: number): Uint8Array<ArrayBuffer>;
  /** @param row of the area, the first in the strip. */
  take(row: number, rows: number): void;
}

/** How many rows of that width are read at once. */
export function stripRowsOf({ widthPx, heightPx }: Rectangle): number {
  return Math.min(heightPx, Math.max(1, Math.floor(STRIP_PIXELS / widthPx)));
}

/**
 * Reads part of a picture one to one, over white, strip by strip. An opaque picture's own memory is
 * copied where the browser can do that right: a canvas takes ten times as long to say the same.
 *
 * @param asStored whether nothing says that the picture is to be turned. A browser may turn it only
 *   where it is shown: its memory then isn't what it shows.
 */
export async function readPixels(
  picture: Frame,
  area: Rectangle,
  asStored: boolean,
  sink: RowSink,
): Promise<'copied' | 'drawn'> {
  const frame = asStored && (await copiesFrames()) ? frameOf(picture) : null;
  if (frame === null) {
    drawStrips(picture, area, sink);
    return 'drawn';
  }
  try {
    await copyStrips(frame, area, sink);
    return 'copied';
  } finally {
    frame.close();
  }
}

/** By a canvas: what the picture shows, in any browser. */
export function drawStrips(picture: Frame, area: Rectangle, sink: RowSink): void {
  const { x, y, widthPx, heightPx } = area;
  const stripRows = stripRowsOf(area);
  const context = contextOf(widthPx, stripRows);
  for (let row = 0; row < heightPx; row += stripRows) {
    const rows = Math.min(stripRows, heightPx - row);
    context.fillRect(0, 0, widthPx, rows);
    context.drawImage(picture, x, y + row, widthPx, rows, 0, 0, widthPx, rows);
    sink.strip(rows).set(context.getImageData(0, 0, widthPx, rows).data);
    sink.take(row, rows);
  }
}

let kept: OffscreenCanvasRenderingContext2D | null = null;

/** A camera's frames are all of one size: a canvas of it is kept. */
function contextOf(widthPx: number, heightPx: number): OffscreenCanvasRenderingContext2D {
  if (kept?.canvas.width === widthPx && kept.canvas.height === heightPx) return kept;
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null) throw new Error('no 2D canvas');
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#fff';
  kept = widthPx * heightPx <= KEPT_PIXELS ? context : null;
  return context;
}

async function copyStrips(frame: VideoFrame, area: Rectangle, sink: RowSink): Promise<void> {
  const { x, y, widthPx: width, heightPx } = area;
  const stripRows = stripRowsOf(area);
  for (let row = 0; row < heightPx; row += stripRows) {
    const rows = Math.min(stripRows, heightPx - row);
    await copyRgb(frame, { x, y: y + row, width, height: rows }, sink.strip(rows));
    sink.take(row, rows);
  }
}

/**
 * Red, green, blue and a byte that doesn't count. `format` isn't in every declaration of the interface
 * yet (WebCodecs, VideoFrameCopyToOptions).
 */
function copyRgb(frame: VideoFrame, rect: DOMRectInit, rgbx: Uint8Array<ArrayBuffer>) {
  const options: VideoFrameCopyToOptions & { format: string } = { rect, format: 'RGBX' };
  return frame.copyTo(rgbx, options);
}

/** Formats without an alpha channel. */
const OPAQUE: ReadonlySet<string | null> = new Set(['RGBX', 'BGRX']);

/** A picture's memory as a frame; null where its pixels aren't opaque sRGB. */
function frameOf(picture: Frame): VideoFrame | null {
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

const PROBE = [200, 100, 50] as const;

async function tryOnePixel(): Promise<boolean> {
  if (typeof VideoFrame === 'undefined') return false;
  const pixel = new ImageData(Uint8ClampedArray.of(...PROBE, 255), 1);
  const picture = await createImageBitmap(pixel);
  const frame = new VideoFrame(picture, { timestamp: 0 });
  try {
    const rgbx = new Uint8Array(4);
    await copyRgb(frame, { x: 0, y: 0, width: 1, height: 1 }, rgbx);
    return PROBE.every((value, channel) => rgbx[channel] === value);
  } finally {
    frame.close();
    picture.close();
  }
}
