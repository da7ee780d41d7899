/** What a JPEG says before its first scan (ITU-T T.81, B.2.2). */
export interface JpegHeader {
  /** As stored, before EXIF orientation. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1: grey, 3: colour, 4: CMYK. */
  readonly components: number;
  /** Sequential and Huffman-coded, as every camera writes it: neither progressive nor lossless nor arithmetic. */
  readonly sequential: boolean;
  /** Whether it has EXIF data, which may say that it is to be turned; true also where that isn't clear. */
  readonly exif: boolean;
}

/** Where a marker's code stands after 0xff. Baseline and extended sequential, Huffman-coded. */
const SEQUENTIAL: ReadonlySet<number> = new Set([0xc0, 0xc1]);
/** Start of frame in all its kinds. Between them lie tables: 0xc4, 0xc8 and 0xcc. */
const FRAMES: ReadonlySet<number> = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);
const START_OF_SCAN = 0xda;
/** Application segment 1: EXIF, or XMP. */
const APP1 = 0xe1;
const EXIF = [0x45, 0x78, 0x69, 0x66];

/** Walks the segments up to the first scan. Null where there is no frame header before it. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Omit<JpegHeader, 'exif'> | null = null;
  let exif = false;
  let at = 2;
  while (at + 10 <= bytes.length && bytes[at] === 0xff) {
    const marker = view.getUint8(at + 1);
    // Any number of fill bytes may stand before a marker's code.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return frame === null ? null : { ...frame, exif };
    if (FRAMES.has(marker)) {
      frame ??= {
        heightPx: view.getUint16(at + 5),
        widthPx: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
        sequential: SEQUENTIAL.has(marker),
      };
    }
    exif ||= marker === APP1 && EXIF.every((byte, i) => bytes[at + 4 + i] === byte);
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return frame === null ? null : { ...frame, exif: true };
}
