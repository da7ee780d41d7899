import { imageSize } from 'image-size';
import { readJpegHeader, type JpegHeader } from './jpeg-header.ts';

/** What a file's first bytes say. */
export type Sniffed =
  | {
      readonly kind: 'raster';
      readonly mimeType: string;
      /** As stored, before EXIF orientation. Null where the header doesn't tell or is cut short. */
      readonly size: { readonly widthPx: number; readonly heightPx: number } | null;
      /** Whether every current browser decodes the format, so that a failure means damage. */
      readonly everywhere: boolean;
      /** Null for another format, or one whose header isn't as it should be. */
      readonly jpeg: JpegHeader | null;
    }
  /** No worker can decode it: the page renders it. */
  | { readonly kind: 'svg' }
  | { readonly kind: 'none' };

/** First bytes of a format, as text of one character a byte; `.` stands for any byte. */
const SIGNATURES: readonly (readonly [signature: RegExp, mimeType: string])[] = [
  [/^\xff\xd8\xff/u, 'image/jpeg'],
  [/^\x89PNG\r\n\x1a\n/u, 'image/png'],
  [/^GIF8[79]a/u, 'image/gif'],
  [/^RIFF....WEBP/su, 'image/webp'],
  [/^BM....\0\0\0\0/su, 'image/bmp'],
  [/^....ftypavi[fs]/su, 'image/avif'],
  [/^\0\0\x01\0/u, 'image/x-icon'],
  [/^....ftyp(?:hei[cx]|hev[cx]|mif1|msf1)/su, 'image/heic'],
  [/^(?:II\*\0|MM\0\*)/u, 'image/tiff'],
  [/^(?:\xff\x0a|\0\0\0\x0cJXL )/u, 'image/jxl'],
];

/** Some browsers decode these, and where one doesn't, the file isn't to blame. */
const SOMEWHERE: ReadonlySet<string> = new Set(['image/heic', 'image/tiff', 'image/jxl']);

/** Enough for the header of nearly every file; a JPEG may carry more before it. */
export const HEADER_BYTES = 262_144;

/** Type and dimensions from the header alone: nothing is decoded, whatever the header promises. */
export function sniffPicture(bytes: Uint8Array): Sniffed {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const mimeType = SIGNATURES.find(([signature]) => signature.test(start))?.[1];
  if (mimeType === undefined) return { kind: looksLikeSvg(bytes) ? 'svg' : 'none' };
  const jpeg = readJpegHeader(bytes);
  const size = jpeg ?? readSize(bytes);
  return { kind: 'raster', mimeType, size, everywhere: !SOMEWHERE.has(mimeType), jpeg };
}

function readSize(bytes: Uint8Array): { widthPx: number; heightPx: number } | null {
  try {
    const { width, height } = imageSize(bytes);
    return { widthPx: width, heightPx: height };
  } catch {
    return null;
  }
}

/** An `<svg` element after nothing but a byte order mark, declarations, comments and space. */
function looksLikeSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 4096));
  return /^\s*(?:<\?[^>]*>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\])?[^>]*>\s*)*<svg[\s>]/iu.test(
    start,
  );
}
