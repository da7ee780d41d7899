import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { at } from '../src/core/at.ts';
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

/**
 * The same pictures in the same folders, each with bytes of its own behind its end: to the app they
 * are others, and nothing of the last ones can be used again.
 *
 * @param mark what is different, another each time.
 */
export function copyFresh(from: string, to: string, mark: string): string {
  cpSync(from, to, { recursive: true });
  for (const file of picturesIn(to)) appendFileSync(file, mark);
  return to;
}

/** The files again and again, each copy with bytes of its own behind its end, in folders of `classes` classes. */
export function copyMany(
  files: readonly string[],
  to: string,
  { count, classes }: { readonly count: number; readonly classes: number },
): string {
  for (let index = 0; index < classes; index++)
    mkdirSync(join(to, classLabel(index)), { recursive: true });
  for (let index = 0; index < count; index++) {
    const source = at(files, index % files.length);
    const name = `${basename(source, extname(source))}-${String(index)}${extname(source)}`;
    const copy = join(to, classLabel(index % classes), name);
    copyFileSync(source, copy);
    appendFileSync(copy, `${to} ${String(index)}`);
  }
  return to;
}

/** Of the class at that index in {@link copyMany}. */
export function classLabel(index: number): string {
  return `class ${String(index)}`;
}
