import type { FitSet } from './fit-set.ts';

/** What embeddings are moved and scaled by, of the training part alone. */
export interface Standardisation {
  /** Of each feature over the training rows, [embeddingLength]. */
  readonly mean: Float32Array<ArrayBuffer>;
  /** One number for all features. */
  readonly scale: number;
  /** The same once for each feature, [embeddingLength]: the form in which it is folded into a layer. */
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
export function measureFeatures(set: FitSet): Standardisation {
  const { embeddingLength, trainingRows } = set;
  const rows = Math.max(1, trainingRows.length);
  const sums = new Float64Array(embeddingLength);
  for (const row of trainingRows) {
    const values = set.at(row);
    for (let i = 0; i < embeddingLength; i++) sums[i] = (sums[i] ?? 0) + (values[i] ?? 0);
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  let squares = 0;
  for (const row of trainingRows) {
    const values = set.at(row);
    for (let i = 0; i < embeddingLength; i++) squares += ((values[i] ?? 0) - (mean[i] ?? 0)) ** 2;
  }
  const scale = Math.max(EPSILON, Math.sqrt(squares / (rows * embeddingLength)));
  return { mean, scale, std: new Float32Array(embeddingLength).fill(scale) };
}

/**
 * Writes standardised rows one after the other.
 *
 * @param stride numbers from the beginning of one row in `target` to that of the next.
 */
export function standardiseRows(
  set: FitSet,
  rows: Iterable<number>,
  { mean, scale }: Standardisation,
  target: Float32Array,
  stride: number,
): void {
  const { embeddingLength } = set;
  let start = 0;
  for (const row of rows) {
    const values = set.at(row);
    for (let i = 0; i < embeddingLength; i++) {
      target[start + i] = ((values[i] ?? 0) - (mean[i] ?? 0)) / scale;
    }
    start += stride;
  }
}
