import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, parse } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { Pictures } from './measure.ts';

const COUNT = 24;
/** A phone's 12 megapixels, lying or standing as the picture does. */
const SENSOR_PX = [4032, 3024] as const;
/** Standard deviation of the grain, of 255: what makes the file as large, and decoding as slow, as a phone's. */
const GRAIN = 5;
const QUALITY = 0.92;

/** Enlarges pictures to a phone camera's size, with grain, as JPEG files; they are kept for the next run. */
export async function phonePictures(
  browser: Browser,
  small: Pictures,
  folder: string,
): Promise<Pictures> {
  mkdirSync(folder, { recursive: true });
  const chosen = small.files.slice(0, COUNT);
  const files = chosen.map((file) => join(folder, `${parse(file).name}.jpg`));
  const page = await browser.newPage();
  try {
    for (const [index, file] of files.entries()) {
      const from = chosen[index];
      if (from !== undefined && !existsSync(file)) writeFileSync(file, await enlarge(page, from));
    }
  } finally {
    await page.close();
  }
  return { words: `${String(files.length)} of them enlarged to 12 megapixels, with grain`, files };
}

async function enlarge(page: Page, file: string): Promise<Buffer> {
  const type = extname(file).toLowerCase() === '.png' ? 'image/png' : 'image/jpeg';
  const source = `data:${type};base64,${readFileSync(file).toString('base64')}`;
  const base64 = await page.evaluate(
    async ({ source, sensor, grain, quality }) => {
      const picture = await createImageBitmap(await (await fetch(source)).blob());
      const [long, short] = sensor;
      const [width, height] = picture.width >= picture.height ? [long, short] : [short, long];
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('no canvas');
      context.imageSmoothingQuality = 'high';
      const scale = Math.max(width / picture.width, height / picture.height);
      const [drawnWidth, drawnHeight] = [picture.width * scale, picture.height * scale];
      context.drawImage(
        picture,
        (width - drawnWidth) / 2,
        (height - drawnHeight) / 2,
        drawnWidth,
        drawnHeight,
      );
      const pixels = context.getImageData(0, 0, width, height);
      let state = 1;
      for (let i = 0; i < pixels.data.length; i += 4) {
        // The sum of four bytes of xorshift32 is close to normal: standard deviation 148.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const sum = (state & 255) + ((state >>> 8) & 255) + ((state >>> 16) & 255) + (state >>> 24);
        const noise = ((sum - 510) * grain) / 148;
        for (let c = 0; c < 3; c++) pixels.data[i + c] = (pixels.data[i + c] ?? 0) + noise;
      }
      context.putImageData(pixels, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = '';
      for (let from = 0; from < bytes.length; from += 8192)
        text += String.fromCharCode(...bytes.subarray(from, from + 8192));
      return btoa(text);
    },
    { source, sensor: SENSOR_PX, grain: GRAIN, quality: QUALITY },
  );
  return Buffer.from(base64, 'base64');
}
