/** JPEGs for tests of decoding. */

/** A grey picture with a red corner and a blue edge: no turn or reflection of it looks like another. */
export async function drawJpeg(
  widthPx: number,
  heightPx: number,
  colorSpace: PredefinedColorSpace = 'srgb',
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = contextOf(canvas, colorSpace);
  context.fillStyle = '#888';
  context.fillRect(0, 0, widthPx, heightPx);
  context.fillStyle = colorSpace === 'srgb' ? '#d22' : 'color(display-p3 0.8 0.3 0.2)';
  context.fillRect(0, 0, widthPx / 3, heightPx / 4);
  context.fillStyle = '#22d';
  context.fillRect(0, heightPx / 2, widthPx / 8, heightPx / 2);
  return encode(canvas);
}

/** With an EXIF segment that says how it is to be turned. @param orientation 1 to 8. */
export function orientJpeg(jpeg: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  const text = 'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0\0';
  const exif = Array.from(text, (one) => (one === '?' ? orientation : one.charCodeAt(0)));
  const length = exif.length + 2;
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, length, ...exif, ...jpeg.subarray(2)]);
}

/** A photograph as a phone of 12 megapixels would have taken it: enlarged, with grain. */
export async function enlargeToPhone(file: Blob): Promise<File> {
  const picture = await createImageBitmap(file);
  const scale = Math.sqrt(12e6 / (picture.width * picture.height));
  const canvas = new OffscreenCanvas(picture.width * scale, picture.height * scale);
  const context = contextOf(canvas, 'srgb');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  let state = 1;
  for (let index = 0; index < pixels.data.length; index += 1) {
    // A linear congruential generator (Numerical Recipes): grain of ±10 of 255.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (index % 4 < 3) pixels.data[index] = (pixels.data[index] ?? 0) + (state >>> 24) / 12.8 - 10;
  }
  context.putImageData(pixels, 0, 0);
  return new File([await encode(canvas)], 'phone.jpg', { type: 'image/jpeg' });
}

function contextOf(canvas: OffscreenCanvas, colorSpace: PredefinedColorSpace) {
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace });
  if (context === null) throw new Error('no 2D canvas');
  return context;
}

async function encode(canvas: OffscreenCanvas): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  return new Uint8Array(await blob.arrayBuffer());
}
