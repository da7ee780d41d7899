import type { ClassLabel, Sample } from '../../core/dataset.ts';
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
    const embedding = cache.get(hash);
    const label = classId === null ? undefined : labels.get(classId);
    const part = purpose === 'judge' ? 'test' : 'train';
    return embedding && label !== undefined ? [{ name, label, purpose: part, embedding }] : [];
  });
}
