import { at } from '../../core/at.ts';
import type { FitSet } from './fit-set.ts';

/** Weights inverse to each class's count, with a mean of 1 over the training rows; 0 for an empty class. */
export function balanceClasses({
  classes,
  trainingRows,
  classIds,
}: Pick<FitSet, 'classes' | 'trainingRows' | 'classIds'>): number[] {
  const counts = new Array<number>(classIds.length).fill(0);
  for (const row of trainingRows) counts[at(classes, row)] = at(counts, at(classes, row)) + 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : trainingRows.length / (present * count)));
}
