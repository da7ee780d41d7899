import { at } from '../core/at.ts';
import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { ClassLabel, Dataset, Sample } from '../core/dataset.ts';
import type { Judged } from '../core/evaluation.ts';
import type { EpochReport } from '../core/head.ts';
import { compareLabels } from '../core/labels.ts';
import type { TrainingOptions } from '../core/options.ts';
import { Cancelled } from '../core/problem.ts';
import { splitSamples } from '../core/split.ts';
import type { Engine, Judgement, Trained, TrainRequest, TrainStage } from '../engine/contract.ts';
import type { EmbeddedRows } from './embed.ts';
import { fingerprintOf } from './fingerprint.ts';
import { Refused } from './scheduler.ts';

/** Hooks of training: reports of its epochs or iterations, `stop` to keep the best so far, `signal` to throw it away. */
export interface TrainWatch {
  readonly onStage?: (stage: TrainStage) => void;
  readonly onReport?: (report: EpochReport) => void;
  readonly stop?: AbortSignal;
  readonly signal: AbortSignal;
}

/** What a classifier is fitted to, and on what. */
export interface TrainSetting {
  readonly dataset: Dataset;
  readonly backbone: BackboneInfo;
  /** Of that backbone. */
  readonly rows: EmbeddedRows;
  /** Whether the head in use was fitted to nearly the same pictures: the exact solver begins at it. */
  readonly startAtHeadInUse: boolean;
}

/**
 * Stages 6 and 7: the engine fits and judges, here it becomes a classifier to keep.
 *
 * @throws Cancelled where the watch's signal aborts, or what was known of rows is void: then it is forgotten.
 * @throws Refused where there is no classifier to be had from these pictures and options.
 */
export async function trainClassifier(
  engine: Pick<Engine, 'train'>,
  { dataset, backbone, rows, startAtHeadInUse }: TrainSetting,
  watch: TrainWatch,
): Promise<Classifier> {
  const { classes, samples } = dataset;
  const options = { ...dataset.options, backboneId: backbone.id };
  try {
    const data = prepareData(classes, samples, rows, options.training);
    const trained = await fit(engine, data, options.training, startAtHeadInUse, watch);
    const fingerprint = fingerprintOf(classes, samples, backbone.sha256, dataset.options);
    return { ...classifierOf(data, trained), backbone, crop: options.crop, options, fingerprint };
  } catch (error) {
    if (error instanceof Cancelled && !watch.signal.aborted) rows.forget();
    throw error;
  }
}

async function fit(
  engine: Pick<Engine, 'train'>,
  data: PreparedData,
  options: TrainingOptions,
  startAtHeadInUse: boolean,
  { onStage, onReport, stop, signal }: TrainWatch,
): Promise<Trained> {
  const without = data.classes.find((_, index) => !data.request.set.classes.includes(index));
  if (without) throw new Refused({ code: 'class-empty', label: without.label });
  const trained = await engine.train(
    { ...data.request, options, startAtHeadInUse },
    {
      onReport: (report) => {
        // One that was ended may take a while to end.
        if (signal.aborted) return;
        if ('stage' in report) onStage?.(report.stage);
        else onReport?.(report.epoch);
      },
      signal,
      ...(stop && { stop }),
    },
  );
  if (!trained.ok) throw new Refused(trained.problem);
  if (signal.aborted) throw new Cancelled();
  return trained.value;
}

function classifierOf(data: PreparedData, { head, history, bestEpoch, validation, test }: Trained) {
  return {
    head,
    classes: data.classes,
    history,
    bestEpoch,
    validation: validation?.evaluation ?? null,
    test: test?.evaluation ?? null,
    judged: judgedPictures(data, validation, test),
    fittedAtMillis: Date.now(),
  };
}

/** The test pictures where there are any, else those of the validation part. */
function judgedPictures(
  { request, trainIds, testIds }: PreparedData,
  validation: Judgement | null,
  test: Judgement | null,
): readonly Judged[] {
  const { set } = request;
  const describe = (
    { predicted, confidence }: Judgement,
    sampleId: (index: number) => string,
    actual: (index: number) => number,
  ) =>
    Array.from(predicted, (answer, index) => ({
      sampleId: sampleId(index),
      actual: actual(index),
      predicted: answer,
      confidence: at(confidence, index),
    }));
  if (test)
    return describe(
      test,
      (index) => at(testIds, index),
      (index) => at(request.test.classes, index),
    );
  if (!validation) return [];
  const row = (index: number) => at(set.validationRows, index);
  return describe(
    validation,
    (index) => at(trainIds, row(index)),
    (index) => at(set.classes, row(index)),
  );
}

/** Everything that a head is fitted to and judged by, and whose pictures that is. */
interface PreparedData {
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
function prepareData(
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
