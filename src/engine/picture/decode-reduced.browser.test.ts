import { describe, expect, it } from 'vitest';
import { drawJpeg, orientJpeg } from '../testing/jpegs.ts';
import { drawPicture } from '../testing/pictures.ts';
import { decodePicture } from './decode.ts';
import { decodeReduced } from './decode-reduced.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { pictureToInput } from './input.ts';
import { openForInput } from './open.ts';

const SIDE_PX = 64;

function blobOf(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes], { type: 'image/jpeg' });
}

async function headerOf(file: Blob) {
  return readJpegHeader(new Uint8Array(await file.arrayBuffer()));
}

async function tryReduced(file: Blob): Promise<ImageBitmap | null> {
  return decodeReduced(() => file.arrayBuffer(), await headerOf(file), SIDE_PX);
}

async function forInput(file: Blob): Promise<ImageBitmap> {
  const opened = await openForInput(file, '', SIDE_PX);
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value.picture as ImageBitmap;
}

async function reduced(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  const picture = await tryReduced(blobOf(bytes));
  if (picture === null) throw new Error('decoded in full');
  return picture;
}

/** Mean difference of two pictures' inputs, of 255. */
async function difference(a: ImageBitmap, b: ImageBitmap): Promise<number> {
  const [one, other] = [
    await pictureToInput(a, 'centre', SIDE_PX),
    await pictureToInput(b, 'centre', SIDE_PX),
  ];
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] ?? 0)), 0) / one.length;
}

describe('decodeReduced', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a picture of orientation %i', async (orientation) => {
    const bytes = orientJpeg(await drawJpeg(800, 600), orientation);
    const [picture, full] = [await reduced(bytes), await decodePicture(blobOf(bytes))];
    expect([picture.width, picture.height]).toEqual(orientation < 5 ? [200, 150] : [150, 200]);
    expect(picture.width / picture.height).toBe(full.width / full.height);
    expect(await difference(picture, full)).toBeLessThan(1);
  });

  it('converts the colours of a wide-gamut picture', async () => {
    const bytes = await drawJpeg(800, 600, 'display-p3');
    expect(await difference(await reduced(bytes), await decodePicture(blobOf(bytes)))).toBeLessThan(
      1,
    );
  });

  it.each([
    [1600, 1200, 200],
    [1599, 1201, 200],
    [780, 760, 195],
    [300, 500, 150],
  ])('takes the smallest part of %i × %i that is large enough', async (width, height, expected) => {
    expect((await reduced(await drawJpeg(width, height))).width).toBe(expected);
  });

  it('leaves a picture that is not large, or no JPEG, to the full decode', async () => {
    expect(await tryReduced(blobOf(await drawJpeg(180, 180)))).toBeNull();
    const png = await drawPicture('discs', 1, 'image/png', 800, 600);
    expect(await tryReduced(png)).toBeNull();
    expect(await forInput(png)).toMatchObject({ width: 800, height: 600 });
  });

  it('leaves progressive pictures and ones of four inks to the full decode', async () => {
    const bytes = await drawJpeg(800, 600);
    const start = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const progressive = bytes.with(start + 1, 0xc2);
    const inks = bytes.with(start + 9, 4);
    expect(await tryReduced(blobOf(progressive))).toBeNull();
    expect(await tryReduced(blobOf(inks))).toBeNull();
  });

  it('ends as the full decode does for a file that is cut short', async () => {
    const bytes = await drawJpeg(800, 600);
    for (const share of [0.2, 0.6, 0.95]) {
      const cut = blobOf(bytes.slice(0, bytes.length * share));
      const outcomes = await Promise.allSettled([forInput(cut), decodePicture(cut)]);
      expect(outcomes[0].status).toBe(outcomes[1].status);
    }
  });
});
