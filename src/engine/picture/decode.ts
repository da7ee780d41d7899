/**
 * Decoding, the first stage: a file's bytes become a picture with its EXIF
 * orientation applied, in sRGB. Alpha stays; {@link file://./input.ts} puts it over white.
 *
 * @throws whatever the browser throws when it can't decode.
 */
export function decodePicture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, DECODING);
}

/** "default" is written out: it is part of the specification, see ARCHITECTURE.md. */
const DECODING: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  premultiplyAlpha: 'default',
  colorSpaceConversion: 'default',
};
