import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeLabelled } from '../e2e/fixtures/folders.ts';
import { drawShapes } from '../e2e/fixtures/shapes.ts';
import type { Bench } from './measure.ts';

/** The 480 photographs of HEADSTART_DATASETS, or as many drawn ones of the same size. */
export function smallPictures(scratch: string): Bench['small'] {
  const clothing = join(process.env['HEADSTART_DATASETS'] ?? '', 'clothing');
  if (process.env['HEADSTART_DATASETS'] !== undefined && existsSync(clothing)) {
    const files = picturesIn(clothing);
    const words = `${String(files.length)} photographs of about 400 pixels (clothing)`;
    return { words, folder: clothing, files };
  }
  const drawn = drawShapes({ classes: 4, perClass: 120, sidePx: 400 });
  const folder = writeLabelled(join(scratch, 'drawn'), drawn);
  const files = picturesIn(folder);
  return { words: `${String(files.length)} drawn pictures of 400 × 400`, folder, files };
}

/** Pictures only: a data set comes with its licence beside them. In an order without long runs of one label. */
function picturesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:jpe?g|png)$/i.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => join(entry.parentPath, entry.name));
}
