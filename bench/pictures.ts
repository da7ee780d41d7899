import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeLabelled } from '../e2e/fixtures/folders.ts';
import { drawShapes } from '../e2e/fixtures/shapes.ts';

/** Labelled pictures to measure with. */
export interface BenchPictures {
  /** What they are, for the report. */
  readonly words: string;
  /** A folder of labelled folders. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** The 480 photographs of HEADSTART_DATASETS, or as many drawn ones of the same size. */
export function benchPictures(scratch: string): BenchPictures {
  const datasets = process.env['HEADSTART_DATASETS'];
  const clothing = join(datasets ?? '', 'clothing');
  if (datasets !== undefined && existsSync(clothing)) {
    const files = filesIn(clothing);
    return { words: `${String(files.length)} photographs (clothing)`, folder: clothing, files };
  }
  const folder = writeLabelled(scratch, drawShapes({ classes: 4, perClass: 120, sidePx: 400 }));
  const files = filesIn(folder);
  return { words: `${String(files.length)} drawn pictures of 400 × 400`, folder, files };
}

/** Pictures only: a data set comes with its licence beside them. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:jpe?g|png)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
