import type { BackboneInfo } from './backbone.ts';
import type { Evaluation, Judged } from './evaluation.ts';
import type { EpochReport, Head } from './head.ts';
import type { ProjectOptions } from './options.ts';
import type { Crop } from './preprocess.ts';
import type { ClassLabel } from './dataset.ts';

/** A fitted head with what it takes to use it anywhere: what every classifier is, also in a file. */
export interface PortableClassifier {
  readonly head: Head;
  /** The classes as they stood when it was fitted, in the head's order (labels follow renames by id). */
  readonly classes: readonly ClassLabel[];
  readonly backbone: BackboneInfo;
  readonly crop: Crop;
  /** On what it was judged; null where nothing was held out. */
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly fittedAtMillis: number;
}

/** A classifier of a project, with how it was fitted: what is trained and kept. */
export interface Classifier extends PortableClassifier {
  readonly history: readonly EpochReport[];
  readonly bestEpoch: number;
  readonly judged: readonly Judged[];
  readonly options: ProjectOptions;
  /** Of the pictures and options it was fitted to, to know when they are others; null where that is unknown (imported). */
  readonly fingerprint: string | null;
}

/** Share of right answers on pictures that it was not fitted to, 0 to 1; null where none judged it. */
export function accuracyOf({ test, validation }: Classifier): number | null {
  return (test ?? validation)?.accuracy ?? null;
}
