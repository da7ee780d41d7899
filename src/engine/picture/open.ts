import { failed, ok, type Problem, type Result } from '../../core/problem.ts';
import { decodeForInput, decodePicture } from './decode.ts';
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
    const start = sniffPicture(await bytesOf(file.slice(0, HEADER_BYTES)));
    // The size may lie behind a large colour profile or preview.
    const unclear = start.kind === 'raster' && start.size === null && file.size > HEADER_BYTES;
    const header = unclear ? sniffPicture(await bytesOf(file)) : start;
    if (header.kind === 'svg') return ok('svg');
    if (header.kind === 'none') return failed({ code: 'file-not-an-image', file: name });
    const problem = tooLarge(header.size, name);
    return problem === null ? ok(header) : failed(problem);
  } catch {
    // Reading failed: the file was moved, or permission to it withdrawn.
    return failed({ code: 'file-unreadable', file: name });
  }
}

/** Decodes a file whose header has been read. @param sidePx of the input it is for; null for the whole picture. */
export async function decodeChecked(
  file: Blob,
  name: string,
  header: RasterHeader,
  sidePx: number | null,
): Promise<Result<ImageBitmap>> {
  try {
    return ok(await (sidePx === null ? decodePicture(file) : decodeForInput(file, sidePx)));
  } catch {
    return failed({ code: header.everywhere ? 'file-damaged' : 'file-not-an-image', file: name });
  }
}

export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

function tooLarge(size: RasterHeader['size'], file: string): Problem | null {
  if (size === null || size.widthPx * size.heightPx <= MAX_MEGAPIXELS * 1e6) return null;
  return { code: 'image-too-large', file, ...size, maxMegapixels: MAX_MEGAPIXELS };
}
