import { at } from '../../core/at.ts';
import type { BackboneInfo } from '../../core/backbone.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Judged } from '../../core/evaluation.ts';
import type { EpochReport } from '../../core/head.ts';
import type { ProjectOptions } from '../../core/options.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Engine, Judgement, TrainStage } from '../../engine/contract.ts';
import type { PreparedData } from './training-set.ts';

/** Hooks of training: reports of its epochs or iterations, `stop` to keep the best so far, `signal` to throw it away. */
export interface TrainWatch {
  readonly onStage?: (stage: TrainStage) => void;
  readonly onReport?: (report: EpochReport) => void;
  readonly stop?: AbortSignal;
  readonly signal?: AbortSignal;
}

/** What a classifier is fitted with, apart from its pictures. */
export interface TrainSetting {
  readonly backbone: BackboneInfo;
  readonly options: ProjectOptions;
  readonly fingerprint: string;
  readonly nowMillis: number;
  /** Whether the head in use was fitted to nearly the same pictures: the exact solver begins at it. */
  readonly startAtHeadInUse: boolean;
}

/**
 * Stages 6 and 7: the engine fits and judges, here it becomes a classifier to keep.
 *
 * @throws Cancelled where the watch's signal aborts.
 */
export async function trainClassifier(
  engine: Pick<Engine, 'train'>,
  data: PreparedData,
  setting: TrainSetting,
  { onStage, onReport, stop, signal }: TrainWatch,
): Promise<Result<Classifier>> {
  const { options, startAtHeadInUse } = setting;
  const request = { ...data.request, options: options.training, startAtHeadInUse };
  const trained = await engine.train(request, {
    onReport: (report) => {
      if ('stage' in report) onStage?.(report.stage);
      else onReport?.(report.epoch);
    },
    ...(stop && { stop }),
    ...(signal && { signal }),
  });
  if (!trained.ok) return trained;
  const { head, history, bestEpoch, validation, test } = trained.value;
  return ok({
    head,
    classes: data.classes,
    backbone: setting.backbone,
    crop: options.crop,
    history,
    bestEpoch,
    validation: validation?.evaluation ?? null,
    test: test?.evaluation ?? null,
    judged: judgedPictures(data, validation, test),
    options,
    fingerprint: setting.fingerprint,
    fittedAtMillis: setting.nowMillis,
  });
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
