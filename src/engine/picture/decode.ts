import { decodeReduced } from './decode-reduced.ts';
import type { JpegHeader } from './jpeg-header.ts';

/**
 * Decoding, the first stage: a file's bytes become a picture with its EXIF
 * orientation applied, in sRGB. Alpha stays; {@link file://./input.ts} puts it over white.
 *
 * @throws whatever the browser throws when it can't decode.
 */
export function decodePicture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, DECODING);
}

/**
 * Decoding for a backbone's input: a large JPEG at a part of its size, where the browser can and
 * nothing is lost by it; everything else in full.
 *
 * @param jpeg the file's header; null where it is no JPEG.
 * @throws whatever the browser throws when it can't decode.
 */
export async function decodeForInput(
  file: Blob,
  jpeg: JpegHeader | null,
  sidePx: number,
): Promise<ImageBitmap> {
  return (await decodeReduced(file, jpeg, sidePx)) ?? decodePicture(file);
}

/** "default" is written out: it is part of the specification, see ARCHITECTURE.md. */
const DECODING: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  premultiplyAlpha: 'default',
  colorSpaceConversion: 'default',
};
