import type { Crop, InputPixels } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import type { PictureBytes } from '../../core/dataset.ts';
import type { Frame, Inspection } from '../contract.ts';
import { refuseDrawing } from './drawing.ts';
import { hashOf } from '../../core/hash.ts';
import { withInput } from './input.ts';
import { bytesOf, decodeFor, readHeader, sniffHeader, type RasterHeader } from './open.ts';
import { sizeOf } from './read-pixels.ts';
import { encodePicture, makeThumbnail } from './thumbnail.ts';

/** A file as it is sent to be looked at: a small one as its bytes, see {@link file://../client/send.ts}. */
export type SentFile = File | SentBytes;

export interface SentBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An inspection as it travels. */
export interface SentInspection extends Omit<Inspection, 'content'> {
  /** Null where nothing but the bytes that were sent is to be kept. */
  readonly content: PictureBytes | null;
  /** MIME type of what is to be kept. */
  readonly type: string;
}

/** What is to be made of a file's picture once it is decoded. */
export interface Aim<Made> {
  readonly crop: Crop;
  readonly sidePx: number;
  /** @param input is there only until this returns. */
  readonly use: (input: InputPixels) => Made;
}

/** All that is known of a file once it has been looked at. */
export interface Looked<Made> {
  readonly inspection: SentInspection;
  /** Null where there was no aim. */
  readonly made: Made | null;
}

/** Files up to this size are read before their first bytes have been looked at. */
const READ_AT_ONCE_BYTES = 2 ** 25;

/** Up to these a JPEG is its own thumbnail: making one takes longer than reading the file again does. */
const MOST_SHOWN_BYTES = 60_000;
const MOST_SHOWN_PIXELS = 640 * 480;

/**
 * Looks at a file: it is read once and decoded once, for its hash, its size, its thumbnail and a
 * backbone's input.
 *
 * @param aim null: no input is wanted (yet).
 * @returns `svg` where the page has to render it, then {@link visitRendered} goes on.
 */
export async function visitFile<Made>(
  file: SentFile,
  aim: Aim<Made> | null,
): Promise<Result<Looked<Made>> | 'svg'> {
  const read = file instanceof File ? await readFile(file) : ok(file.bytes);
  if (!read.ok) return read;
  const { name } = file;
  const bytes = read.value;
  const header = sniffHeader(bytes, name);
  if (!header.ok) return header;
  if (header.value === 'svg') return refuseDrawing(bytes, name) ?? 'svg';
  const hash = await hashOf(bytes);
  return visitBytes(
    { bytes, name, hash, isSent: !(file instanceof File), converted: false },
    header.value,
    aim,
  );
}

async function readFile(file: File): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const { name } = file;
  if (file.size > READ_AT_ONCE_BYTES) {
    // A film of gigabytes is told by its first bytes.
    const start = await readHeader(file, name);
    if (!start.ok) return start;
  } else if (file.size === 0) return failed({ code: 'file-empty', file: name });
  try {
    return ok(await bytesOf(file));
  } catch {
    // It was moved, or permission to it withdrawn.
    return failed({ code: 'file-unreadable', file: name });
  }
}

/** Goes on with an SVG that the page has rendered. The picture is closed. */
export async function visitRendered<Made>(
  file: File,
  picture: ImageBitmap,
  aim: Aim<Made> | null,
): Promise<Result<Looked<Made>>> {
  const hash = await hashOf(await bytesOf(file));
  const png = await encodePicture(picture, 'image/png').finally(() => {
    picture.close();
  });
  // What is kept is what is learned from.
  const bytes = await bytesOf(png);
  const header = sniffHeader(bytes, file.name);
  if (!header.ok) return header;
  if (header.value === 'svg') throw new Error('a PNG that is none');
  return visitBytes(
    { bytes, name: file.name, hash, isSent: false, converted: true },
    header.value,
    aim,
  );
}

interface ReadFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly hash: string;
  /** Whoever asked has the bytes. */
  readonly isSent: boolean;
  /** They aren't the file's own. */
  readonly converted: boolean;
}

async function visitBytes<Made>(
  { bytes, name, hash, isSent, converted }: ReadFile,
  header: RasterHeader,
  aim: Aim<Made> | null,
): Promise<Result<Looked<Made>>> {
  const decoded = await decodeFor(bytes, name, header, aim?.sidePx ?? null);
  if (!decoded.ok) return decoded;
  const { picture, asStored } = decoded.value;
  try {
    const made =
      aim === null ? null : await withInput(picture, aim.crop, aim.sidePx, asStored, aim.use);
    const thumbnail = isSmall(header, bytes) ? null : await makeThumbnail(picture);
    const type = header.mimeType;
    const content = isSent ? null : { type, bytes };
    const size = fullSize(header, picture);
    return ok({ inspection: { hash, ...size, thumbnail, content, type, converted }, made });
  } finally {
    picture.close();
  }
}

/** Whether a browser shows the file about as fast as a thumbnail of it. A JPEG is as opaque as one. */
function isSmall({ jpeg }: RasterHeader, { length }: Uint8Array): boolean {
  if (jpeg === null || length > MOST_SHOWN_BYTES) return false;
  return jpeg.widthPx * jpeg.heightPx <= MOST_SHOWN_PIXELS;
}

/** After EXIF orientation: the header's, where the picture was decoded at a part of its size. */
function fullSize({ jpeg }: RasterHeader, picture: Frame): ReturnType<typeof sizeOf> {
  const { widthPx: width, heightPx: height } = sizeOf(picture);
  const isReduced =
    jpeg !== null && Math.max(jpeg.widthPx, jpeg.heightPx) > Math.max(width, height);
  if (!isReduced) return { widthPx: width, heightPx: height };
  const isTurned = jpeg.widthPx > jpeg.heightPx !== width > height;
  return isTurned
    ? { widthPx: jpeg.heightPx, heightPx: jpeg.widthPx }
    : { widthPx: jpeg.widthPx, heightPx: jpeg.heightPx };
}
