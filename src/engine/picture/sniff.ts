import { readJpegHeader, type JpegHeader } from './jpeg-header.ts';
import { readSize, type StoredSize } from './stored-size.ts';

/** What a file's first bytes say. */
export type Sniffed =
  | {
      readonly kind: 'raster';
      readonly mimeType: string;
      /** As stored, before EXIF orientation. Null where the header doesn't tell or is cut short. */
      readonly size: StoredSize | null;
      /** Whether every current browser decodes the format, so that a failure means damage. */
      readonly everywhere: boolean;
      /** Null for another format, or one whose header isn't as it should be. */
      readonly jpeg: JpegHeader | null;
    }
  /** No worker can decode it: the page renders it. */
  | { readonly kind: 'svg' }
  | { readonly kind: 'none' };

/** First bytes of a format, one character a byte; `.` stands for any byte. */
const SIGNATURES: readonly (readonly [mimeType: string, ...signatures: string[]])[] = [
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/gif', 'GIF87a', 'GIF89a'],
  ['image/webp', 'RIFF....WEBP'],
  ['image/bmp', 'BM....\0\0\0\0'],
  ['image/avif', '....ftypavif', '....ftypavis'],
  ['image/x-icon', '\0\0\x01\0'],
  ['image/heic', ...['heic', 'heix', 'hevc', 'hevx', 'mif1', 'msf1'].map((it) => `....ftyp${it}`)],
  ['image/tiff', 'II*\0', 'MM\0*'],
  ['image/jxl', '\xff\x0a', '\0\0\0\x0cJXL '],
];

/** Some browsers decode these, and where one doesn't, the file isn't to blame. */
const SOMEWHERE: ReadonlySet<string> = new Set(['image/heic', 'image/tiff', 'image/jxl']);

/** Enough for the header of nearly every file; a JPEG may carry more before it. */
export const HEADER_BYTES = 262_144;

/**
 * Type and dimensions from the header alone: nothing is decoded, whatever the header promises. Takes
 * time in proportion to the bytes, whatever they are.
 */
export function sniffPicture(bytes: Uint8Array): Sniffed {
  const beginsAs = (signature: string) =>
    Array.from(signature).every((byte, i) => byte === '.' || byte.charCodeAt(0) === bytes[i]);
  const mimeType = SIGNATURES.find(([, ...signatures]) => signatures.some(beginsAs))?.[0];
  if (mimeType === undefined) return { kind: looksLikeSvg(bytes) ? 'svg' : 'none' };
  const jpeg = readJpegHeader(bytes);
  const size = jpeg ?? readSize(bytes, mimeType);
  return { kind: 'raster', mimeType, size, everywhere: !SOMEWHERE.has(mimeType), jpeg };
}

/** A byte order mark is space too. */
const SPACE = /\s*/uy;
const ROOT = /<svg[\s>]/iuy;
const DOCTYPE = /<!DOCTYPE[^[>]*/iuy;

/** An `<svg` element after nothing but a byte order mark, declarations, comments and space. */
function looksLikeSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  let at: number | null = 0;
  while (at !== null) {
    at = endOf(SPACE, text, at) ?? at;
    if (endOf(ROOT, text, at) !== null) return true;
    at = afterDeclaration(text, at);
  }
  return false;
}

/** Behind the declaration or comment that begins there; null where none does, or where it has no end. */
function afterDeclaration(text: string, at: number): number | null {
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return after(text, '>', at);
  const inDoctype = endOf(DOCTYPE, text, at);
  if (inDoctype === null || text[inDoctype] !== '[') return inDoctype && after(text, '>', at);
  // What a document declares for itself may hold brackets too: the one before a ">" ends it.
  let end = after(text, ']', inDoctype);
  while (end !== null) {
    end = endOf(SPACE, text, end) ?? end;
    if (text[end] === '>') return end + 1;
    end = after(text, ']', end);
  }
  return null;
}

function after(text: string, what: string, from: number): number | null {
  const found = text.indexOf(what, from);
  return found === -1 ? null : found + what.length;
}

/** Where a match that begins there ends; null where none does. @param pattern sticky. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}
