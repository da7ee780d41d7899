import { describe, expect, test } from 'vitest';
import { drawJpeg, orientJpeg } from '../testing/jpegs.ts';
import { drawPicture } from '../testing/pictures.ts';
import { decodePicture } from './decode.ts';
import { drawStrips, readPixels } from './read-pixels.ts';

const AREA = { x: 3, y: 5, widthPx: 61, heightPx: 47 };

/** Both ways, and whether the first took a copy: only a canvas hands out clamped bytes. */
async function bothWays(file: Blob, asStored = true) {
  const picture = await decodePicture(file);
  let copied = false;
  const read: number[] = [];
  const drawn: number[] = [];
  await readPixels(picture, AREA, asStored, (rgba) => {
    copied = rgba instanceof Uint8Array;
    read.push(...rgba);
  });
  drawStrips(picture, AREA, (rgba) => drawn.push(...rgba));
  picture.close();
  return { copied, read, drawn };
}

function jpeg(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes], { type: 'image/jpeg' });
}

describe('what is copied is what a canvas would show', () => {
  test('a JPEG', async () => {
    const { copied, read, drawn } = await bothWays(jpeg(await drawJpeg(90, 80)));
    expect(copied).toBe(true);
    expect(read).toHaveLength(61 * 47 * 4);
    expect(read).toEqual(drawn);
  });

  test('one that is to be turned is drawn', async () => {
    const file = jpeg(orientJpeg(await drawJpeg(90, 80), 3));
    const { copied, read, drawn } = await bothWays(file, false);
    expect(copied).toBe(false);
    expect(read).toEqual(drawn);
  });

  test('wide-gamut colours are converted', async () => {
    const { read, drawn } = await bothWays(jpeg(await drawJpeg(90, 80, 'display-p3')));
    expect(read).toEqual(drawn);
  });

  test('an opaque PNG', async () => {
    const { read, drawn } = await bothWays(await drawPicture('discs', 1, 'image/png', 90, 80));
    expect(read).toEqual(drawn);
  });

  test('one that lets light through goes over white', async () => {
    const canvas = new OffscreenCanvas(90, 80);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2D canvas');
    context.fillStyle = 'rgb(200 0 0 / 50%)';
    context.fillRect(0, 0, 40, 80);
    const { copied, read, drawn } = await bothWays(await canvas.convertToBlob());
    expect(copied).toBe(false);
    expect(read).toEqual(drawn);
    expect(read.slice(0, 4)).toEqual([227, 127, 127, 255]);
    expect(read.slice(-4)).toEqual([255, 255, 255, 255]);
  });
});
