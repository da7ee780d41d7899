import { at } from '../../core/at.ts';
import type { DenseLayer, Head } from '../../core/head.ts';
import { createRandom, type Random } from '../../core/random.ts';

/** Of the logits, about: answers are neither all alike nor all sure. */
const LOGIT_SPREAD = 2;

/**
 * A head with drawn weights that answers these embeddings differently: its first layer takes their
 * mean away and brings what is left to a spread of one. Drawn features lie close together, and a
 * head that was drawn without a look at them would answer all pictures alike, or all with 1.
 *
 * @param units the hidden layers' and last the classes'.
 */
export function informativeHead(
  embeddings: readonly Float32Array[],
  units: readonly number[],
  seed = 1,
): Head {
  const random = createRandom(seed);
  const embeddingLength = at(embeddings, 0).length;
  const mean = Float64Array.from({ length: embeddingLength }, (_, i) => average(embeddings, i));
  const variance = embeddings.reduce(
    (sum, one) => sum + one.reduce((total, value, i) => total + (value - at(mean, i)) ** 2, 0),
    0,
  );
  const spread = Math.sqrt(variance / embeddings.length);
  let inputs = embeddingLength;
  const layers = units.map((count, index): DenseLayer => {
    const last = index === units.length - 1;
    const gain = last ? LOGIT_SPREAD : 1;
    const scale = gain * (index === 0 ? 1 / spread : Math.sqrt(2 / inputs));
    const kernel = drawn(random, inputs * count, scale);
    const bias = new Float32Array(count);
    if (index === 0)
      kernel.forEach((weight, i) => {
        const unit = i % count;
        bias[unit] = at(bias, unit) - weight * at(mean, Math.floor(i / count));
      });
    inputs = count;
    return { units: count, kernel, bias, activation: last ? 'softmax' : 'relu' };
  });
  const classIds = Array.from({ length: inputs }, (_, index) => `${String(index)}-class`);
  return { embeddingLength, layers, classIds };
}

function average(embeddings: readonly Float32Array[], index: number): number {
  return embeddings.reduce((sum, one) => sum + at(one, index), 0) / embeddings.length;
}

function drawn(random: Random, length: number, scale: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, () => random.normal() * scale);
}
