import type { Rectangle } from '../../core/preprocess.ts';
import type { Frame } from '../contract.ts';

/**
 * Pixels read at once. A 100-megapixel picture would be 400 MB of RGBA, so
 * pictures are read in strips of at most 16 MB.
 */
const STRIP_PIXELS = 4_000_000;

/** A canvas, or rows, of more aren't kept. */
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
  const frame = asStored ? await copyableFrame(picture) : null;
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
    await copyRows(frame, { x, y: y + row, width, height: rows }, sink.strip(rows));
    sink.take(row, rows);
  }
}

let scratch = new Uint8Array();

/** Kept for the next picture: fresh memory takes longer to come by than these rows to copy. */
function scratchOf(bytes: number): Uint8Array<ArrayBuffer> {
  if (scratch.length < bytes) scratch = new Uint8Array(bytes);
  const part = scratch.subarray(0, bytes);
  if (bytes > KEPT_PIXELS * 4) scratch = new Uint8Array();
  return part;
}

/**
 * Two pixels by two share a colour in a decoded JPEG: copied from an odd place on, they would get that of
 * their neighbours (seen in Chromium 156; embeddings fell to a cosine of 0.993).
 */
async function copyRows(
  frame: VideoFrame,
  rect: Required<DOMRectInit>,
  rgbx: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { x, y, width, height } = rect;
  const [left, top] = [x % 2, y % 2];
  if (left + top === 0 || OPAQUE.has(frame.format)) {
    await copyRgb(frame, rect, rgbx);
    return;
  }
  const wide = width + left;
  const whole = scratchOf(wide * (height + top) * 4);
  await copyRgb(frame, { x: x - left, y: y - top, width: wide, height: height + top }, whole);
  for (let row = 0; row < height; row++) {
    const from = ((row + top) * wide + left) * 4;
    rgbx.set(whole.subarray(from, from + width * 4), row * width * 4);
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

/** A picture's memory as a frame; null where its pixels can't be copied as opaque sRGB. */
async function copyableFrame(picture: Frame): Promise<VideoFrame | null> {
  if (typeof VideoFrame === 'undefined') return null;
  const frame = new VideoFrame(picture, { timestamp: 0 });
  if (await isCopyable(frame)) return frame;
  frame.close();
  return null;
}

/** Whether its pixels are opaque sRGB, and this browser copies them as it shows them. */
export async function isCopyable({ format, colorSpace }: VideoFrame): Promise<boolean> {
  const { primaries, transfer } = colorSpace;
  if (primaries !== 'bt709' || transfer !== 'iec61966-2-1') return false;
  if (OPAQUE.has(format)) return copiesBitmaps();
  return PLANES.has(format) && copiesJpegs();
}

/** Of a bitmap without an alpha channel. */
const OPAQUE: ReadonlySet<string | null> = new Set(['RGBX', 'BGRX']);
/** Of a decoded JPEG: brightness and colour apart. */
const PLANES: ReadonlySet<string | null> = new Set(['I420', 'I422', 'I444']);

let bitmaps: Promise<boolean> | null = null;
let jpegs: Promise<boolean> | null = null;

function copiesBitmaps(): Promise<boolean> {
  bitmaps ??= copiesRight(async () => {
    const pixel = new ImageData(Uint8ClampedArray.of(...PROBE, 255), 1);
    const picture = await createImageBitmap(pixel);
    const frame = new VideoFrame(picture, { timestamp: 0 });
    picture.close();
    return frame;
  });
  return bitmaps;
}

/** Whether this browser copies the frame of a decoded JPEG with the right colours. */
export function copiesJpegs(): Promise<boolean> {
  jpegs ??= copiesRight(() => {
    const [y, u, v] = PROBE_PLANES;
    return new VideoFrame(Uint8Array.of(y, y, y, y, u, v), {
      format: 'I420',
      codedWidth: 2,
      codedHeight: 2,
      timestamp: 0,
      colorSpace: JPEG_COLOURS,
    });
  });
  return jpegs;
}

const PROBE = [200, 100, 50] as const;
/** The same in the colours of JPEG, to the nearest level (ITU-T T.871, 7). */
const PROBE_PLANES = [124, 86, 182] as const;
const PROBE_TOLERANCE = 3;
const JPEG_COLOURS: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  matrix: 'smpte170m',
  fullRange: true,
};

/** Tried once, on one pixel. @param make a frame of {@link PROBE}. */
async function copiesRight(make: () => VideoFrame | Promise<VideoFrame>): Promise<boolean> {
  if (typeof VideoFrame === 'undefined') return false;
  try {
    const frame = await make();
    const rgbx = new Uint8Array(4);
    await copyRgb(frame, { x: 0, y: 0, width: 1, height: 1 }, rgbx).finally(() => {
      frame.close();
    });
    return PROBE.every((value, index) => Math.abs(value - (rgbx[index] ?? 0)) <= PROBE_TOLERANCE);
  } catch {
    return false;
  }
}
