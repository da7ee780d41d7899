import { BMP } from 'image-size/types/bmp';
import { GIF } from 'image-size/types/gif';
import { ICO } from 'image-size/types/ico';
import { JPG } from 'image-size/types/jpg';
import { JXL } from 'image-size/types/jxl';
import { JXLStream } from 'image-size/types/jxl-stream';
import { PNG } from 'image-size/types/png';
import { TIFF } from 'image-size/types/tiff';
import { findBox } from 'image-size/types/utils';
import { WEBP } from 'image-size/types/webp';

/** A picture's size in its file. */
export interface StoredSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

type Calculate = (bytes: Uint8Array) => { readonly width: number; readonly height: number };

interface Reader {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly calculate: Calculate;
}

/**
 * Asked one by one. The library's own `imageSize` looks for the type by itself and may find another
 * than the browser will; and for HEIF its time grows with the square of the boxes in the file.
 */
const READERS: ReadonlyMap<string, readonly Reader[]> = new Map<string, readonly Reader[]>([
  ['image/jpeg', [JPG]],
  ['image/png', [PNG]],
  ['image/gif', [GIF]],
  ['image/webp', [WEBP]],
  ['image/bmp', [BMP]],
  ['image/avif', [{ validate: () => true, calculate: largestInHeif }]],
  ['image/x-icon', [ICO]],
  ['image/heic', [{ validate: () => true, calculate: largestInHeif }]],
  ['image/tiff', [TIFF]],
  ['image/jxl', [JXLStream, JXL]],
]);

/** By its header, which says of what type it is; null where that doesn't tell or is cut short. */
export function readSize(bytes: Uint8Array, mimeType: string): StoredSize | null {
  try {
    const reader = READERS.get(mimeType)?.find(({ validate }) => validate(bytes));
    const size = reader?.calculate(bytes);
    return size === undefined ? null : { widthPx: size.width, heightPx: size.height };
  } catch {
    return null;
  }
}

/** Bytes of an `ispe` box: its header, version and flags, width and height (ISO/IEC 23008-12, 6.5.3). */
const EXTENT_BYTES = 20;

/** @throws where it says none. */
function largestInHeif(bytes: Uint8Array): { width: number; height: number } {
  // Meta has a version and flags before what it holds.
  const meta = findBox(bytes, 'meta', 0);
  const properties = meta && findBox(bytes, 'iprp', meta.offset + 12);
  const container = properties && findBox(bytes, 'ipco', properties.offset + 8);
  if (!container) throw new Error('no properties');
  const inside = bytes.subarray(0, container.offset + container.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let largest: { width: number; height: number } | null = null;
  for (let at = container.offset + 8; ;) {
    const extent = findBox(inside, 'ispe', at);
    if (extent === undefined || extent.size < EXTENT_BYTES) break;
    const width = view.getUint32(extent.offset + 12);
    const height = view.getUint32(extent.offset + 16);
    if (largest === null || width * height > largest.width * largest.height)
      largest = { width, height };
    at = extent.offset + extent.size;
  }
  if (largest === null) throw new Error('no size');
  return largest;
}
