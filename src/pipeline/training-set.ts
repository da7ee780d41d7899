import { compareLabels } from '../core/labels.ts';
import type { TrainingOptions } from '../core/options.ts';
import type { ClassLabel, Sample } from '../core/dataset.ts';
import { splitSamples } from '../core/split.ts';
import type { TrainRequest } from '../engine/contract.ts';
import type { EmbeddedRows } from './embed.ts';

/** Everything that a head is fitted to and judged by, and whose pictures that is. */
export interface PreparedData {
  /** In the head's order. */
  readonly classes: readonly ClassLabel[];
  readonly request: Pick<TrainRequest, 'set' | 'test'>;
  /** The sample of each row of `request.set`. */
  readonly trainIds: readonly string[];
  /** The sample of each row of `request.test`. */
  readonly testIds: readonly string[];
}

/**
 * Stage 5: finds the pictures' embeddings and splits them.
 *
 * The order of classes is that of their labels and the order of pictures that
 * of their hashes, so that the same pictures give the same head however they
 * were dropped, on the page and in the terminal. Pictures of a test folder are
 * only judged.
 *
 * @throws {Cancelled} where there are no embeddings yet.
 */
export function prepareData(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
  embedded: EmbeddedRows,
  options: TrainingOptions,
): PreparedData {
  const ordered = classes.toSorted((a, b) => compareLabels(a.label, b.label));
  const classIndex = new Map(ordered.map(({ id }, index) => [id, index]));
  const pictures = samples.flatMap((sample): Picture[] => {
    const row = embedded.get(sample.hash);
    const index = sample.classId === null ? undefined : classIndex.get(sample.classId);
    if (row === undefined || index === undefined) return [];
    return [{ sample, hash: sample.hash, classIndex: index, row }];
  });
  pictures.sort(
    (a, b) => a.classIndex - b.classIndex || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0),
  );
  const train = pictures.filter(({ sample }) => sample.purpose === 'learn');
  const test = pictures.filter(({ sample }) => sample.purpose === 'judge');
  const split = splitSamples(train, options.validationShare, options.seed);
  const set = {
    space: embedded.id,
    ...rowsOf(train),
    classIds: ordered.map(({ id }) => id),
    trainingRows: split.training,
    validationRows: split.validation,
  };
  return {
    classes: ordered,
    request: { set, test: rowsOf(test) },
    trainIds: train.map(({ sample }) => sample.id),
    testIds: test.map(({ sample }) => sample.id),
  };
}

interface Picture {
  readonly sample: Sample;
  readonly hash: string;
  readonly classIndex: number;
  readonly row: number;
}

function rowsOf(pictures: readonly Picture[]): TrainRequest['test'] {
  return {
    rows: Int32Array.from(pictures, ({ row }) => row),
    classes: Int32Array.from(pictures, ({ classIndex }) => classIndex),
  };
}
