import { compareLabels } from '../../core/labels.ts';
import type { TrainingOptions } from '../../core/options.ts';
import type { ClassLabel, Sample } from '../../core/dataset.ts';
import { splitSamples } from '../../core/split.ts';
import type { TrainingSet } from '../../engine/contract.ts';
import type { EmbeddingCache } from './embed.ts';

/** Pictures with their embeddings, in the order that training takes them. */
export interface EmbeddedPictures {
  readonly sampleIds: readonly string[];
  /** Class index of each. */
  readonly classes: Int32Array<ArrayBuffer>;
  /** Row-major [count, embeddingLength]. */
  readonly embeddings: Float32Array<ArrayBuffer>;
}

/** Everything that a head is fitted to and judged by. */
export interface PreparedData {
  /** In the head's order. */
  readonly classes: readonly ClassLabel[];
  readonly embeddingLength: number;
  readonly train: EmbeddedPictures;
  readonly test: EmbeddedPictures;
  readonly set: TrainingSet;
}

/**
 * Stage 5: gathers embeddings and splits them.
 *
 * The order of classes is that of their labels and the order of pictures that
 * of their hashes, so that the same pictures give the same head however they
 * were dropped, on the page and in the terminal. Pictures of a test folder are
 * only judged.
 */
export function prepareData(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
  cache: EmbeddingCache,
  embeddingLength: number,
  options: TrainingOptions,
): PreparedData {
  const ordered = classes.toSorted((a, b) => compareLabels(a.label, b.label));
  const classIndex = new Map(ordered.map(({ id }, index) => [id, index]));
  const rows = samples.flatMap((sample): Row[] => {
    const embedding = cache.get(sample.hash);
    const index = sample.classId === null ? undefined : classIndex.get(sample.classId);
    if (!embedding || index === undefined) return [];
    return [{ sample, hash: sample.hash, classIndex: index, embedding }];
  });
  rows.sort(
    (a, b) => a.classIndex - b.classIndex || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0),
  );

  const trainRows = rows.filter(({ sample }) => sample.purpose === 'learn');
  const train = gather(trainRows, embeddingLength);
  const test = gather(
    rows.filter(({ sample }) => sample.purpose === 'judge'),
    embeddingLength,
  );
  const split = splitSamples(trainRows, options.validationShare, options.seed);
  const set: TrainingSet = {
    embeddings: train.embeddings,
    embeddingLength,
    classes: train.classes,
    classIds: ordered.map(({ id }) => id),
    trainingRows: split.training,
    validationRows: split.validation,
  };
  return { classes: ordered, embeddingLength, train, test, set };
}

interface Row {
  readonly sample: Sample;
  readonly hash: string;
  readonly classIndex: number;
  readonly embedding: Float32Array<ArrayBuffer>;
}

function gather(rows: readonly Row[], embeddingLength: number): EmbeddedPictures {
  const embeddings = new Float32Array(rows.length * embeddingLength);
  for (const [row, { embedding }] of rows.entries())
    embeddings.set(embedding, row * embeddingLength);
  return {
    sampleIds: rows.map(({ sample }) => sample.id),
    classes: Int32Array.from(rows, ({ classIndex }) => classIndex),
    embeddings,
  };
}
