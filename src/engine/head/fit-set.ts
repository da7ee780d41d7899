import type { EpochReport, Head } from '../../core/head.ts';
import type { TrainingSet } from '../contract.ts';
import type { HeldSpace } from '../embedding-store.ts';
import { at } from '../../core/at.ts';

/** A training set with its embeddings at hand: what the solvers read. */
export interface FitSet extends Omit<TrainingSet, 'space' | 'rows'> {
  readonly embeddingLength: number;
  /** Where the embedding of an index lies: to be read, not to be kept. [embeddingLength]. */
  readonly at: (index: number) => Float32Array;
}

/** A head fitted once. */
export interface HeadFit {
  readonly head: Head;
  readonly history: readonly EpochReport[];
  /** The epoch or iteration whose weights `head` holds, from 1. */
  readonly bestEpoch: number;
  /** Strength of the penalty that it was fitted with. */
  readonly l2: number;
  /** Whether the person stopped it before its end; the best so far is kept. */
  readonly stopped: boolean;
}

/** A set whose rows lie in the engine's store: nothing is copied. */
export function fitSetOf(set: TrainingSet, space: HeldSpace): FitSet {
  const { rows, classes, classIds, trainingRows, validationRows } = set;
  return {
    embeddingLength: space.embeddingLength,
    at: (index) => space.at(rows[index] ?? -1),
    classes,
    classIds,
    trainingRows,
    validationRows,
  };
}

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
