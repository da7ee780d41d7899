import { describe, expect, it } from 'vitest';
import { drawJpeg, orientJpeg } from '../testing/jpegs.ts';
import { drawPicture } from '../testing/pictures.ts';
import { decodePicture } from './decode.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { pictureToInput, withInput } from './input.ts';
import type { Frame } from '../contract.ts';
import { openForInput } from './open.ts';
import { sizeOf } from './read-pixels.ts';

const SIDE_PX = 64;

function blobOf(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes], { type: 'image/jpeg' });
}

async function headerOf(file: Blob) {
  return readJpegHeader(new Uint8Array(await file.arrayBuffer()));
}

async function tryDecode(file: Blob, sidePx: number | null = SIDE_PX): Promise<Frame | null> {
  return decodeJpeg(() => file.arrayBuffer(), await headerOf(file), sidePx);
}

async function forInput(file: Blob): Promise<Frame> {
  const opened = await openForInput(file, '', SIDE_PX);
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value.picture;
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, sidePx?: number): Promise<Frame> {
  const picture = await tryDecode(blobOf(bytes), sidePx);
  if (picture === null) throw new Error('left to the browser');
  return picture;
}

/** Mean difference of a picture's input and that of the full decode, of 255. */
async function difference(picture: Frame, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const isFrame = picture instanceof VideoFrame;
  const full = await decodePicture(blobOf(bytes));
  const one = await withInput(picture, 'centre', SIDE_PX, isFrame, (input) => input.slice());
  const other = await pictureToInput(full, 'centre', SIDE_PX);
  picture.close();
  full.close();
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] ?? 0)), 0) / one.length;
}

describe('decodeJpeg', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns a picture of orientation %i', async (orientation) => {
    const bytes = orientJpeg(await drawJpeg(800, 600), orientation);
    const picture = await decoded(bytes);
    expect(picture).toBeInstanceOf(ImageBitmap);
    expect(picture).toMatchObject(
      orientation < 5 ? { width: 200, height: 150 } : { width: 150, height: 200 },
    );
    expect(await difference(picture, bytes)).toBeLessThan(1);
  });

  it('converts the colours of a wide-gamut picture', async () => {
    const bytes = await drawJpeg(800, 600, 'display-p3');
    expect(await difference(await decoded(bytes), bytes)).toBeLessThan(1);
  });

  it.each([
    [1600, 1200, 200],
    [1599, 1201, 200],
    [780, 760, 195],
    [300, 500, 150],
  ])('takes the smallest part of %i × %i that is large enough', async (width, height, expected) => {
    const picture = await decoded(await drawJpeg(width, height));
    expect(sizeOf(picture).widthPx).toBe(expected);
    picture.close();
  });

  it.each([180, 1200])('hands out a JPEG of %i pixels as the decoder made it', async (sidePx) => {
    const bytes = await drawJpeg(sidePx, sidePx);
    const picture = await decoded(bytes);
    expect(picture).toBeInstanceOf(VideoFrame);
    expect(await difference(picture, bytes)).toBeLessThan(1);
  });

  it('decodes at full size where nothing says how large it is to be', async () => {
    const picture = await tryDecode(blobOf(await drawJpeg(800, 600)), null);
    expect(picture && sizeOf(picture)).toEqual({ widthPx: 800, heightPx: 600 });
    picture?.close();
  });

  it('leaves to the browser what can be neither reduced nor copied, and what is no JPEG', async () => {
    expect(await tryDecode(blobOf(orientJpeg(await drawJpeg(180, 180), 6)))).toBeNull();
    const png = await drawPicture('discs', 1, 'image/png', 800, 600);
    expect(await tryDecode(png)).toBeNull();
    expect(await forInput(png)).toMatchObject({ width: 800, height: 600 });
  });

  it('leaves progressive pictures and ones of four inks to the full decode', async () => {
    const bytes = await drawJpeg(800, 600);
    const start = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const progressive = bytes.with(start + 1, 0xc2);
    const inks = bytes.with(start + 9, 4);
    expect(await tryDecode(blobOf(progressive))).toBeNull();
    expect(await tryDecode(blobOf(inks))).toBeNull();
  });

  it('ends as the full decode does for a file that is cut short', async () => {
    const [small, large] = [await drawJpeg(150, 100), await drawJpeg(800, 600)];
    for (const [bytes, share] of [large, small].flatMap((each) =>
      [0.2, 0.6, 0.95].map((part) => [each, part] as const),
    )) {
      const cut = blobOf(bytes.slice(0, bytes.length * share));
      const outcomes = await Promise.allSettled([forInput(cut), decodePicture(cut)]);
      expect(outcomes[0].status).toBe(outcomes[1].status);
    }
  });
});
