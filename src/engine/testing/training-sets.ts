import { DEFAULT_TRAINING_OPTIONS } from '../../core/default-options.ts';
import type { DenseLayer } from '../../core/head.ts';
import type { FitOptions } from '../../core/options.ts';
import { createRandom } from '../../core/random.ts';
import type { FlatSet } from './rows.ts';

/** Noise around one centre for each class: any head separates it. Every fifth row validates. */
export function separableSet(seed = 1, classCount = 3, perClass = 20, length = 16): FlatSet {
  const random = createRandom(seed);
  const centres = Array.from({ length: classCount * length }, () => 3 * random.normal());
  const count = classCount * perClass;
  const classes = Int32Array.from({ length: count }, (_, row) => row % classCount);
  const embeddings = new Float32Array(count * length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < length; i++) {
      const centre = centres[(row % classCount) * length + i] ?? 0;
      embeddings[row * length + i] = 5 + centre + random.normal();
    }
  }
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    embeddings,
    embeddingLength: length,
    classes,
    classIds: Array.from({ length: classCount }, (_, index) => `class-${index}`),
    trainingRows: Int32Array.from(rows.filter((row) => row % 5 !== 4)),
    validationRows: Int32Array.from(rows.filter((row) => row % 5 === 4)),
  };
}

/** Options of one fit, short; step by step, unless told otherwise. */
export function fitOptions(changes: Partial<FitOptions> = {}): FitOptions {
  return {
    ...DEFAULT_TRAINING_OPTIONS,
    solver: 'step-by-step',
    learningRate: 0.05,
    warmup: 0.1,
    epochs: 12,
    batchSize: 16,
    l2: 1e-3,
    stopAfterEpoch: null,
    l2Candidates: [],
    start: null,
    ...changes,
  };
}

/** Probabilities of a softmax layer for one raw embedding, in double precision. */
export function answer({ kernel, bias, units }: DenseLayer, embedding: Float32Array): number[] {
  const logits = Array.from(bias, (start, unit) =>
    embedding.reduce(
      (sum, value, input) => sum + value * (kernel[input * units + unit] ?? 0),
      start,
    ),
  );
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
