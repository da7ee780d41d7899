import { at } from '../../core/at.ts';
import type { TrainingSet } from '../contract.ts';

/** Embeddings moved to the training part's mean and scaled by one number. */
export interface Standardised {
  /** Row-major [count, embeddingLength], all rows of the set. */
  readonly features: Float32Array<ArrayBuffer>;
  /** Of each feature over the training rows, [embeddingLength]. */
  readonly mean: Float32Array<ArrayBuffer>;
  /** The one scale, once for each feature: the form in which it is folded into a layer. */
  readonly std: Float32Array<ArrayBuffer>;
}

/** Keeps the scale above zero where all training rows are equal. */
const EPSILON = 1e-6;

/**
 * One scale for all features, the root of their mean variance: a scale for
 * each would blow up features that hardly vary among a few pictures (see
 * [Note: the default recipe] in core/recipe.ts). Sums in double precision, in
 * row order, so that they are the same on every backend.
 */
export function standardise(set: TrainingSet): Standardised {
  const { embeddings, embeddingLength, trainingRows } = set;
  const rows = Math.max(1, trainingRows.length);
  const sums = new Float64Array(embeddingLength);
  for (const row of trainingRows) {
    const offset = row * embeddingLength;
    for (let i = 0; i < embeddingLength; i++) sums[i] = (sums[i] ?? 0) + at(embeddings, offset + i);
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  let squares = 0;
  for (const row of trainingRows) {
    const offset = row * embeddingLength;
    for (let i = 0; i < embeddingLength; i++) {
      squares += (at(embeddings, offset + i) - at(mean, i)) ** 2;
    }
  }
  const scale = Math.max(EPSILON, Math.sqrt(squares / (rows * embeddingLength)));
  const features = new Float32Array(embeddings.length);
  for (let i = 0; i < embeddings.length; i++) {
    features[i] = (at(embeddings, i) - at(mean, i % embeddingLength)) / scale;
  }
  return { features, mean, std: new Float32Array(embeddingLength).fill(scale) };
}
