import type { Frame } from '../contract.ts';
import type { JpegHeader } from './jpeg-header.ts';
import { copiesJpegs, isCopyable } from './read-pixels.ts';

/**
 * How many times the input's side the shorter side has at least after reduced
 * decoding, so that the triangle filter ends the chain with a scale that it
 * works at. At 1.5, embeddings of MobileNetV2 fell to a cosine of 0.996 to the
 * full decode's on enlarged photographs; at 2 they keep 0.9987.
 */
export const LEAST_OVERSIZE = 2;

/** Of eighths: those that JPEG decoders have fast transforms for, the smallest first. */
const EIGHTHS = [1, 2, 4] as const;

/** Colour spaces that a frame can name, so that drawing it converts to sRGB as for a bitmap. */
const PRIMARIES: ReadonlySet<string | null> = new Set(['bt709', 'smpte432']);
const TRANSFER = 'iec61966-2-1';

/**
 * Decodes a sequential JPEG from its bytes: without a Blob, and a large one at an eighth, a quarter or a
 * half of its size: its 8 × 8 blocks are transformed to fewer pixels, each the mean of those it
 * stands for. The same picture as a full decode, in a third of the time or less; its colours are
 * enlarged from every other pixel by a simpler rule, which changes a channel by half a level in the mean.
 * EXIF orientation and colour profile count as in a full decode.
 *
 * @param bytes of the file, read only where they are needed.
 * @param jpeg the file's header; null where it is no JPEG.
 * @param sidePx of the input that the picture will be resized to; null: at its full size.
 * @returns null where it is not to be had: another format, too small to be reduced and not to be
 *   copied as it is, progressive or CMYK, a colour space that a frame can't name, a browser without
 *   `ImageDecoder`. The bytes decide, and the browser: never what the machine is busy with.
 */
export async function decodeJpeg(
  bytes: () => Promise<BufferSource>,
  jpeg: JpegHeader | null,
  sidePx: number | null,
): Promise<Frame | null> {
  if (typeof ImageDecoder === 'undefined') return null;
  if (jpeg === null || !jpeg.sequential || jpeg.components > 3) return null;
  const mayCopy = !jpeg.exif && (await copiesJpegs());
  const reduced = sidePx === null ? null : reducedSize(jpeg, sidePx);
  if (reduced === null && !mayCopy) return null;
  const { widthPx, heightPx } = reduced ?? jpeg;
  const decoder = new ImageDecoder({
    type: 'image/jpeg',
    data: await bytes(),
    ...(reduced && { desiredWidth: widthPx, desiredHeight: heightPx }),
  });
  let frame: VideoFrame | null = null;
  try {
    const { image, complete } = await decoder.decode();
    frame = image;
    if (!complete || image.codedWidth !== widthPx) return null;
    if (mayCopy && (await isCopyable(image))) {
      frame = null;
      return image;
    }
    return isKnownColour(image.colorSpace) ? await createImageBitmap(image) : null;
  } catch {
    // Whether the file is damaged is for the full decode to say.
    return null;
  } finally {
    frame?.close();
    decoder.close();
  }
}

/** The smallest size that is large enough; null where only the whole is. JPEG decoders round up. */
function reducedSize(jpeg: JpegHeader, sidePx: number): JpegHeader | null {
  const { widthPx, heightPx } = jpeg;
  const eighths = EIGHTHS.find(
    (each) => (Math.min(widthPx, heightPx) * each) / 8 >= LEAST_OVERSIZE * sidePx,
  );
  if (eighths === undefined) return null;
  const reduce = (length: number) => Math.ceil((length * eighths) / 8);
  return { ...jpeg, widthPx: reduce(widthPx), heightPx: reduce(heightPx) };
}

function isKnownColour({ primaries, transfer }: VideoColorSpace): boolean {
  return PRIMARIES.has(primaries) && transfer === TRANSFER;
}
