import { failed } from '../../core/problem.ts';
import { MAX_MEGAPIXELS } from './open.ts';
import { sniffPicture } from './sniff.ts';

/**
 * Whether an SVG can be left to the browser to draw. It is drawn in a bearable size, but a photograph
 * inside of it is decoded in its own: a few kilobytes may stand for gigabytes.
 *
 * @param file its name, for the problem.
 * @returns null where it can.
 */
export function refuseDrawing(bytes: Uint8Array, file: string): ReturnType<typeof failed> | null {
  const megapixels = Math.ceil(pixelsInside(new TextDecoder().decode(bytes)) / 1e6);
  if (megapixels <= MAX_MEGAPIXELS) return null;
  return failed({ code: 'drawing-too-large', file, megapixels, maxMegapixels: MAX_MEGAPIXELS });
}

/** Media type and parameters of a `data:` address; what is longer is none. */
const MAX_TYPE_LENGTH = 200;
/** A drawing in a drawing in a drawing … each a part of the one around it. */
const MAX_DEPTH = 4;

/**
 * Pixels of all pictures that lie in a drawing's text as `data:` addresses, those of drawings inside
 * of it included. It may name nothing else: from an `<img>` a browser fetches nothing.
 */
export function pixelsInside(text: string, depth = 0): number {
  let pixels = 0;
  for (const part of plain(text).split(/data:/iu).slice(1)) {
    const comma = part.indexOf(',');
    if (comma === -1 || comma > MAX_TYPE_LENGTH) continue;
    const isBase64 = part.slice(0, comma).toLowerCase().endsWith('base64');
    const bytes = isBase64 ? fromBase64(part, comma + 1) : fromText(part.slice(comma + 1));
    const sniffed = sniffPicture(bytes);
    if (sniffed.kind === 'raster')
      pixels += (sniffed.size?.widthPx ?? 0) * (sniffed.size?.heightPx ?? 0);
    // What isn't Base64 stands in this text as it is.
    else if (isBase64)
      pixels +=
        depth < MAX_DEPTH ? pixelsInside(new TextDecoder().decode(bytes), depth + 1) : Infinity;
  }
  return pixels;
}

/** Ways to write a character in addresses, XML and CSS. */
const ESCAPED = /%([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});|\\([\da-f]{1,6})\s?/giu;
/** One may be written by another. */
const ROUNDS = 4;

function plain(text: string): string {
  let plainer = text;
  for (let round = 0; round < ROUNDS; round++) {
    const before = plainer;
    plainer = before.replace(
      ESCAPED,
      (written, percent?: string, hex?: string, decimal?: string, css?: string) => {
        const code =
          decimal === undefined
            ? Number.parseInt(percent ?? hex ?? css ?? '', 16)
            : Number(decimal);
        return code <= 0x10ffff ? String.fromCodePoint(code) : written;
      },
    );
    if (plainer === before) break;
  }
  return plainer;
}

const BASE64 = /[\w+/\s]*/uy;

/** As far as it is Base64. */
function fromBase64(text: string, from: number): Uint8Array {
  BASE64.lastIndex = from;
  const digits = (BASE64.exec(text)?.[0] ?? '').replace(/[\s_]+/gu, '');
  // A single digit at the end tells of no byte.
  return fromText(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
}

/** One character a byte. */
function fromText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
