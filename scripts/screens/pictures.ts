import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawSampleSet, type SampleDrawing } from '../../src/core/sample-set.ts';

/** How many sample sets make a drop that takes long enough to be looked at. */
const SETS = 6;

/** The sample set that the app draws, but another one than it shows: nothing is tried that was learned. */
export function drawnSamples(): readonly SampleDrawing[] {
  return drawSampleSet(2026);
}

/** Writes several sample sets as labelled folders. @returns the folder around them. */
export function writeManySamples(folder: string): string {
  for (let seed = 1; seed <= SETS; seed++) {
    for (const { path, svg } of drawSampleSet(100 + seed)) {
      const file = join(folder, path.replace(/\.svg$/, `-${seed}.svg`));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, svg);
    }
  }
  return folder;
}
