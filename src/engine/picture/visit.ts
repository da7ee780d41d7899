import type { Crop, InputPixels } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import type { Inspection } from '../contract.ts';
import { refuseDrawing } from './drawing.ts';
import { hashOf } from '../../core/hash.ts';
import { withInput } from './input.ts';
import { bytesOf, decodeFor, readHeader, sniffHeader, type RasterHeader } from './open.ts';
import { encodePicture, makeThumbnail } from './thumbnail.ts';

/** What is to be made of a file's picture once it is decoded. */
export interface Aim<Made> {
  readonly crop: Crop;
  readonly sidePx: number;
  /** @param input is there only until this returns. */
  readonly use: (input: InputPixels) => Made;
}

/** All that is known of a file once it has been looked at. */
export interface Looked<Made> {
  readonly inspection: Inspection;
  /** Null where there was no aim. */
  readonly made: Made | null;
}

/** Files up to this size are read before their first bytes have been looked at. */
const READ_AT_ONCE_BYTES = 2 ** 25;

/**
 * Looks at a file: it is read once and decoded once, for its hash, its size, its thumbnail and a
 * backbone's input.
 *
 * @param aim null: no input is wanted (yet).
 * @returns `svg` where the page has to render it, then {@link visitRendered} goes on.
 */
export async function visitFile<Made>(
  file: File,
  aim: Aim<Made> | null,
): Promise<Result<Looked<Made>> | 'svg'> {
  const { name } = file;
  if (file.size > READ_AT_ONCE_BYTES) {
    // A film of gigabytes is told by its first bytes.
    const start = await readHeader(file, name);
    if (!start.ok) return start;
  } else if (file.size === 0) return failed({ code: 'file-empty', file: name });
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await bytesOf(file);
  } catch {
    // It was moved, or permission to it withdrawn.
    return failed({ code: 'file-unreadable', file: name });
  }
  const header = sniffHeader(bytes, name);
  if (!header.ok) return header;
  if (header.value === 'svg') return refuseDrawing(bytes, name) ?? 'svg';
  return visitBytes(bytes, name, header.value, await hashOf(bytes), aim);
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
  return visitBytes(bytes, file.name, header.value, hash, aim);
}

async function visitBytes<Made>(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  header: RasterHeader,
  hash: string,
  aim: Aim<Made> | null,
): Promise<Result<Looked<Made>>> {
  const decoded = await decodeFor(bytes, name, header, aim?.sidePx ?? null);
  if (!decoded.ok) return decoded;
  const { picture, asStored } = decoded.value;
  try {
    const made =
      aim === null ? null : await withInput(picture, aim.crop, aim.sidePx, asStored, aim.use);
    const thumbnail = await makeThumbnail(picture);
    const content = { type: header.mimeType, bytes };
    return ok({ inspection: { hash, ...fullSize(header, picture), thumbnail, content }, made });
  } finally {
    picture.close();
  }
}

/** After EXIF orientation: the header's, where the picture was decoded at a part of its size. */
function fullSize(
  { jpeg }: RasterHeader,
  { width, height }: ImageBitmap,
): { readonly widthPx: number; readonly heightPx: number } {
  const isReduced =
    jpeg !== null && Math.max(jpeg.widthPx, jpeg.heightPx) > Math.max(width, height);
  if (!isReduced) return { widthPx: width, heightPx: height };
  const isTurned = jpeg.widthPx > jpeg.heightPx !== width > height;
  return isTurned
    ? { widthPx: jpeg.heightPx, heightPx: jpeg.widthPx }
    : { widthPx: jpeg.widthPx, heightPx: jpeg.heightPx };
}
