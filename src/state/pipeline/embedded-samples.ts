import type { ClassLabel, Sample } from '../../core/sample.ts';
import type { EmbeddedSample } from '../../formats/contract.ts';
import type { EmbeddingCache } from './embed.ts';

/** Pictures that have an embedding, in their order, with the present labels. */
export function embeddedSamples(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
  cache: EmbeddingCache,
): readonly EmbeddedSample[] {
  const labels = new Map(classes.map(({ id, label }) => [id, label]));
  return samples.flatMap(({ hash, classId, name, purpose }) => {
    const embedding = hash === null ? undefined : cache.get(hash);
    const label = labels.get(classId);
    return embedding && label !== undefined ? [{ name, label, purpose, embedding }] : [];
  });
}
