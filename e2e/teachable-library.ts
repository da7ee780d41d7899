import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import type { MemoryFile } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';

const packages = join(import.meta.dirname, '..', 'node_modules');

/** What is used of `@teachablemachine/image`, as a script of a page. */
interface TeachableLibrary {
  load(model: string, metadata: string): Promise<TeachableModel>;
}
interface TeachableModel {
  predict(image: HTMLImageElement): Promise<{ className: string; probability: number }[]>;
}

/** A folder's model in Teachable Machine's own library, on a page of its own. */
export interface TeachablePage {
  /** Percentages by label. The library's canvas resizes pictures that haven't the model's size. */
  answersTo(file: MemoryFile): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** @param folder with model.json, weights.bin and metadata.json. */
export async function openInTeachableLibrary(
  browser: Browser,
  folder: string,
): Promise<TeachablePage> {
  const server = await servePlainly(folder, {
    inside: {
      'tf/': join(packages, 'tfjs-1/dist'),
      'tm/': join(packages, '@teachablemachine/image/dist'),
    },
  });
  // Not the app's context: nothing is asked of its origin here.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}metadata.json`);
  await page.addScriptTag({ url: 'tf/tf.min.js' });
  await page.addScriptTag({ url: 'tm/teachablemachine-image.min.js' });
  const model = await page.evaluateHandle(() => {
    const { tmImage } = window as unknown as { readonly tmImage: TeachableLibrary };
    return tmImage.load('model.json', 'metadata.json');
  });
  return {
    answersTo: async ({ mimeType, buffer }) => {
      const found = await model.evaluate(
        async (loaded, address) => {
          const image = new Image();
          image.src = address;
          await image.decode();
          return loaded.predict(image);
        },
        `data:${mimeType};base64,${buffer.toString('base64')}`,
      );
      return new Map(found.map((one) => [one.className, 100 * one.probability]));
    },
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/** The largest difference between bars, which are rounded, and percentages. NaN where a label is missing. */
export function differenceOf(
  bars: readonly { readonly label: string; readonly percent: number }[],
  shares: ReadonlyMap<string, number>,
): number {
  const differences = bars.map(({ label, percent }) =>
    Math.abs((shares.get(label) ?? NaN) - percent),
  );
  return Math.max(...differences);
}
