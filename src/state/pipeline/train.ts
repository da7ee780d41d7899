import type { BackboneInfo } from '../../core/backbone.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Head } from '../../core/head.ts';
import type { ProjectOptions } from '../../core/options.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Engine } from '../../engine/contract.ts';
import { fitHead, refitHead, type FitWatch } from './fit.ts';
import { judgePictures, rowsOf } from './judge.ts';
import type { PreparedData } from './training-set.ts';

export type TrainStage = 'fitting' | 'judging' | 'refitting';

export interface TrainWatch extends FitWatch {
  readonly onStage?: (stage: TrainStage) => void;
}

/** What a classifier is fitted with, apart from its pictures. */
export interface TrainSetting {
  readonly backbone: BackboneInfo;
  readonly options: ProjectOptions;
  readonly fingerprint: string;
  readonly nowMillis: number;
  /** The exact solver's head for nearly the same pictures, to begin at; null for none. */
  readonly start: Head | null;
}

/**
 * Stages 6 and 7 in their order: fit, judge that fit by the validation part,
 * refit on everything, judge the refit by the test pictures. The validation
 * figure is of the first fit, because the refit has learned its pictures.
 *
 * @throws Cancelled where the watch's signal aborts.
 */
export async function trainClassifier(
  engine: Pick<Engine, 'trainHead' | 'predict'>,
  data: PreparedData,
  setting: TrainSetting,
  watch: TrainWatch,
): Promise<Result<Classifier>> {
  const { start, options } = setting;
  const { training } = options;
  watch.onStage?.('fitting');
  const fit = await fitHead(engine, data, training, start, watch);
  if (!fit.ok) return fit;
  watch.onStage?.('judging');
  const kept = rowsOf(data.train, data.set.validationRows, data.embeddingLength);
  const validation = await judgePictures(engine, fit.value.head, kept);
  watch.onStage?.('refitting');
  const refit = await refitHead(engine, data, training, fit.value, start, withoutReports(watch));
  if (!refit.ok) return refit;
  watch.onStage?.('judging');
  const test = await judgePictures(engine, refit.value.head, data.test);
  return ok({
    head: refit.value.head,
    classes: data.classes,
    backbone: setting.backbone,
    crop: options.crop,
    history: fit.value.history,
    bestEpoch: fit.value.bestEpoch,
    validation: validation?.evaluation ?? null,
    test: test?.evaluation ?? null,
    judged: (test ?? validation)?.judged ?? [],
    options,
    fingerprint: setting.fingerprint,
    fittedAtMillis: setting.nowMillis,
  });
}

/** The curves are those of the fit that was judged. */
function withoutReports({ stop, signal }: TrainWatch): FitWatch {
  return { ...(stop && { stop }), ...(signal && { signal }) };
}
