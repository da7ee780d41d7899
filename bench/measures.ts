import type { Measure } from './measure.ts';
import { coldStart } from './measures/cold-start.ts';
import { decoding } from './measures/decoding.ts';
import { embedding } from './measures/embedding.ts';
import { exporting } from './measures/exporting.ts';
import { growth } from './measures/growth.ts';
import { heads } from './measures/head.ts';
import { live } from './measures/live.ts';
import { page } from './measures/page.ts';
import { projectFile } from './measures/project-file.ts';
import { reopening } from './measures/reopening.ts';
import { responsiveness } from './measures/responsiveness.ts';

/** Everything that is measured, in the order of a report. */
export const MEASURES: readonly Measure[] = [
  page,
  embedding,
  decoding,
  ...heads,
  live,
  exporting,
  coldStart,
  responsiveness,
  growth,
  reopening,
  projectFile,
];
