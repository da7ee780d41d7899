import type { BackendName } from '../core/backend.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Crop } from '../core/preprocess.ts';
import type { Result } from '../core/problem.ts';

/** A classifier that a page has at hand, however it came by it. */
export interface Loaded {
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  readonly crop: Crop;
  /** How well it did when it was made. */
  readonly evaluation: Evaluation | null;
  /** What computes now; it may change when a device is lost. */
  readonly backend: () => BackendName;
  /** A frame is closed. */
  classify(picture: Blob | ImageBitmap): Promise<Result<Classified>>;
}

export interface Classified {
  readonly probabilities: Float32Array;
  /** From picture to answer. */
  readonly millis: number;
}

/** @param onReceived told the bytes so far. */
export type OpenClassifier = (onReceived: (bytes: number) => void) => Promise<Result<Loaded>>;
