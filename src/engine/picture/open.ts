import type { Frame } from '../contract.ts';
import { failed, ok, type Problem, type Result } from '../../core/problem.ts';
import { decodePicture } from './decode.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { HEADER_BYTES, sniffPicture, type Sniffed } from './sniff.ts';

/** Beyond this a picture isn't decoded: 100 megapixels are 400 MB of memory. */
export const MAX_MEGAPIXELS = 100;

/** A raster picture's header, read before anything is decoded. */
export type RasterHeader = Extract<Sniffed, { kind: 'raster' }>;

/**
 * Reads a file's header: nothing is decoded before it says that the file is a
 * picture of bearable size.
 *
 * @param name of the file, for a problem.
 */
export async function readHeader(file: Blob, name: string): Promise<Result<RasterHeader | 'svg'>> {
  if (file.size === 0) return failed({ code: 'file-empty', file: name });
  try {
    const start = sniffPicture(await bytesOf(startOf(file)));
    // The size may lie behind a large colour profile or preview.
    const unclear = start.kind === 'raster' && start.size === null && file.size > HEADER_BYTES;
    return judgeHeader(unclear ? sniffPicture(await bytesOf(file)) : start, name);
  } catch {
    // Reading failed: the file was moved, or permission to it withdrawn.
    return failed({ code: 'file-unreadable', file: name });
  }
}

/** The same of bytes that have been read. @param name of the file, for a problem. */
export function sniffHeader(bytes: Uint8Array, name: string): Result<RasterHeader | 'svg'> {
  return judgeHeader(sniffPicture(bytes), name);
}

function judgeHeader(header: Sniffed, name: string): Result<RasterHeader | 'svg'> {
  if (header.kind === 'svg') return ok('svg');
  if (header.kind === 'none') return failed({ code: 'file-not-an-image', file: name });
  const problem = tooLarge(header.size, name);
  return problem === null ? ok(header) : failed(problem);
}

/** A decoded picture on its way to a backbone's input. The caller closes it. */
export interface Opened {
  readonly picture: Frame;
  /** Whether nothing says that it is to be turned. */
  readonly asStored: boolean;
}

/** Reads a file's header and decodes it for an input of that side. @param name for a problem. */
export async function openForInput(
  file: Blob,
  name: string,
  sidePx: number,
): Promise<Result<Opened>> {
  const header = await readHeader(file, name);
  if (!header.ok) return header;
  // Only the page can render an SVG; it does so before it asks.
  if (header.value === 'svg') return failed({ code: 'file-not-an-image', file: name });
  return decodeOpened(
    () => bytesOf(file),
    () => file,
    name,
    header.value,
    sidePx,
  );
}

/**
 * Decodes a file's bytes whose header has been read.
 *
 * @param sidePx of the input that is wanted, which may do with a part of the size; null: in full.
 */
export function decodeFor(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  header: RasterHeader,
  sidePx: number | null,
): Promise<Result<Opened>> {
  const file = () => new Blob([bytes], { type: header.mimeType });
  return decodeOpened(() => Promise.resolve(bytes), file, name, header, sidePx);
}

async function decodeOpened(
  bytes: () => Promise<Uint8Array<ArrayBuffer>>,
  file: () => Blob,
  name: string,
  header: RasterHeader,
  sidePx: number | null,
): Promise<Result<Opened>> {
  const { jpeg, everywhere } = header;
  try {
    const picture = (await decodeJpeg(bytes, jpeg, sidePx)) ?? (await decodePicture(file()));
    return ok({ picture, asStored: jpeg?.exif === false });
  } catch {
    return failed({ code: everywhere ? 'file-damaged' : 'file-not-an-image', file: name });
  }
}

export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

/** A part of a file is one more thing that the browser has to be asked for. */
function startOf(file: Blob): Blob {
  return file.size > HEADER_BYTES ? file.slice(0, HEADER_BYTES) : file;
}

/** @param file the name, for the problem. @returns null where it is of bearable size. */
export function tooLarge(size: RasterHeader['size'], file: string): Problem | null {
  if (size === null || size.widthPx * size.heightPx <= MAX_MEGAPIXELS * 1e6) return null;
  const { widthPx, heightPx } = size;
  return { code: 'image-too-large', file, widthPx, heightPx, maxMegapixels: MAX_MEGAPIXELS };
}
