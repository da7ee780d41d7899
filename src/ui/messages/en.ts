import { builtIn, result, training } from './en-training.ts';
import { exporting } from './en-export.ts';
import { app, edits, engine, notices, settings } from './en-frame.ts';
import { options } from './en-options.ts';
import { pictures } from './en-pictures.ts';
import { projects } from './en-projects.ts';
import { advices, problemCounts, problems } from './en-problems.ts';
import { camera, trial } from './en-trial.ts';

/**
 * Every word that is seen, in English. Another language is a file of this
 * shape. `{{name}}` is filled in as text, never as markup; `number`, `percent`,
 * `bytes`, `duration` and `rate` format; `one`/`other` are plural forms.
 */
export const en = {
  app,
  projects,
  edits,
  engine,
  settings,
  notices,
  pictures,
  training,
  result,
  builtIn,
  options,
  camera,
  trial,
  exporting,
  problems,
  problemCounts,
  advices,
} as const;
