import { decodePicture } from '../picture/decode.ts';
import { pictureToInput } from '../picture/input.ts';

/** The input that a full decode gives, as a picture of that size: embedding it decodes nothing else. */
export async function fullInput(file: Blob, sidePx: number): Promise<File> {
  const picture = await decodePicture(file);
  const input = await pictureToInput(picture, 'centre', sidePx);
  picture.close();
  const rgba = Uint8ClampedArray.from({ length: sidePx * sidePx * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (input[Math.floor(i / 4) * 3 + (i % 4)] ?? 0),
  );
  const canvas = new OffscreenCanvas(sidePx, sidePx);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, sidePx), 0, 0);
  return new File([await canvas.convertToBlob()], 'input.png', { type: 'image/png' });
}
