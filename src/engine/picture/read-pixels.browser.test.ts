import { describe, expect, test } from 'vitest';
import { at } from '../../core/at.ts';
import { drawJpeg, orientJpeg } from '../testing/jpegs.ts';
import { drawPicture } from '../testing/pictures.ts';
import { decodePicture } from './decode.ts';
import { drawStrips, readPixels, sizeOf, type RowSink } from './read-pixels.ts';

const AREA = { x: 3, y: 5, widthPx: 61, heightPx: 47 };

/** Both ways, and which one the first was. */
async function bothWays(file: Blob, asStored = true) {
  const picture = await decodePicture(file);
  const [read, drawn] = [createSink(), createSink()];
  const way = await readPixels(picture, AREA, asStored, read.sink);
  drawStrips(picture, AREA, drawn.sink);
  picture.close();
  return { way, read: read.colours(), drawn: drawn.colours() };
}

/** Keeps red, green and blue. */
function createSink() {
  const all: number[] = [];
  let strip = new Uint8Array();
  const sink: RowSink = {
    strip: (rows) => (strip = new Uint8Array(rows * AREA.widthPx * 4)),
    take: () => all.push(...strip.filter((_, index) => index % 4 !== 3)),
  };
  return { sink, colours: () => all };
}

function jpeg(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes], { type: 'image/jpeg' });
}

describe('what is copied is what a canvas would show', () => {
  test('a JPEG', async () => {
    const { way, read, drawn } = await bothWays(jpeg(await drawJpeg(90, 80)));
    expect(way).toBe('copied');
    expect(read).toHaveLength(61 * 47 * 3);
    expect(read).toEqual(drawn);
  });

  test('one that is to be turned is drawn', async () => {
    const file = jpeg(orientJpeg(await drawJpeg(90, 80), 3));
    const { way, read, drawn } = await bothWays(file, false);
    expect(way).toBe('drawn');
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
    const { way, read, drawn } = await bothWays(await canvas.convertToBlob());
    expect(way).toBe('drawn');
    expect(read).toEqual(drawn);
    expect(read.slice(0, 3)).toEqual([227, 127, 127]);
    expect(read.slice(-3)).toEqual([255, 255, 255]);
  });

  test.each(['4:2:0', '4:4:4'])('a decoded JPEG, %s, to a rounding', async (sampling) => {
    const bytes = await drawJpeg(90, 80);
    const decoder = new ImageDecoder({ type: 'image/jpeg', data: bytes });
    const { image } = await decoder.decode();
    const frame =
      sampling === '4:2:0'
        ? image
        : new VideoFrame(new Uint8Array(90 * 80 * 3).fill(90), {
            format: 'I444',
            codedWidth: 90,
            codedHeight: 80,
            timestamp: 0,
            colorSpace: image.colorSpace,
          });
    const [read, drawn] = [createSink(), createSink()];
    expect(await readPixels(frame, AREA, true, read.sink)).toBe('copied');
    drawStrips(frame, AREA, drawn.sink);
    const differences = read.colours().map((value, i) => Math.abs(value - at(drawn.colours(), i)));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    expect(mean).toBeLessThan(1);
    frame.close();
    image.close();
    decoder.close();
  });

  test("a camera's frame is read as the bitmap that it shows", async () => {
    const picture = await decodePicture(jpeg(await drawJpeg(90, 80)));
    const frame = new VideoFrame(picture, { timestamp: 0 });
    expect(sizeOf(frame)).toEqual({ widthPx: 90, heightPx: 80 });
    const [ofFrame, ofPicture] = [createSink(), createSink()];
    drawStrips(frame, AREA, ofFrame.sink);
    drawStrips(picture, AREA, ofPicture.sink);
    expect(ofFrame.colours()).toEqual(ofPicture.colours());
    frame.close();
    picture.close();
  });
});
