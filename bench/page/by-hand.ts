import type { ContestantPage } from './contract.ts';
import { chosenFiles, timed } from './task.ts';

/** Of the MobileNets that are raced, which want values from −1 to 1. */
export const SIDE_PX = 224;

/** A runtime's network: [1, 224, 224, 3] of values from −1 to 1 in, its features out. */
export type RunNetwork = (pixels: Float32Array<ArrayBuffer>) => Promise<Float32Array>;

/** A page that embeds with a runtime as its own examples do: picture by picture, over a canvas. */
export function byHand(
  load: (backboneId: string) => Promise<{ readonly run: RunNetwork; readonly words: string }>,
): ContestantPage {
  let run: RunNetwork = () => Promise.reject(new Error('start() comes first'));
  const readPixels = createReader();
  return {
    start: async (backboneId) => {
      const loaded = await load(backboneId);
      ({ run } = loaded);
      return loaded.words;
    },
    embed: (count) =>
      timed(count, async () => {
        const embeddings: Float32Array[] = [];
        for (const file of chosenFiles(count)) embeddings.push(await run(await readPixels(file)));
        if (embeddings.length !== count) throw new Error('not all were embedded');
      }),
  };
}

function createReader(): (file: File) => Promise<Float32Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return async (file) => {
    const picture = await createImageBitmap(file);
    context.drawImage(picture, 0, 0, SIDE_PX, SIDE_PX);
    picture.close();
    const { data } = context.getImageData(0, 0, SIDE_PX, SIDE_PX);
    const pixels = new Float32Array(SIDE_PX * SIDE_PX * 3);
    for (let from = 0, to = 0; from < data.length; from += 4) {
      for (let channel = 0; channel < 3; channel++)
        pixels[to++] = (data[from + channel] ?? 0) / 127.5 - 1;
    }
    return pixels;
  };
}
