import type { EpochReport } from '../../core/head.ts';
import type { TrainingOptions } from '../../core/options.ts';
import type { Result } from '../../core/problem.ts';
import { canStopEarly, refitEpochs, resolveOptions } from '../../core/recipe.ts';
import type { Engine, HeadFit } from '../../engine/contract.ts';
import type { PreparedData } from './training-set.ts';

/** Hooks of a fit: reports of its epochs, `stop` to keep the best so far, `signal` to throw it away. */
export interface FitWatch {
  readonly onReport?: (report: EpochReport) => void;
  readonly stop?: AbortSignal;
  readonly signal?: AbortSignal;
}

/** Stage 6a: fits a head to the training part; the validation part chooses the epoch. */
export function fitHead(
  engine: Pick<Engine, 'trainHead'>,
  { set, classes }: PreparedData,
  options: TrainingOptions,
  watch: FitWatch,
): Promise<Result<HeadFit>> {
  const resolved = resolveOptions(options, {
    samples: set.classes.length,
    rows: set.trainingRows.length,
    embeddingLength: set.embeddingLength,
  });
  const earlyStopping =
    options.earlyStopping && canStopEarly(set.validationRows.length, classes.length);
  return engine.trainHead(set, { ...resolved, earlyStopping, stopAfterEpoch: null }, watch);
}

/**
 * Stage 6b: fits the head that is kept to all training pictures, for as many
 * epochs as the first fit found best. Where nothing was kept aside, or the
 * person ended the first fit, that one's head is kept.
 */
export async function refitHead(
  engine: Pick<Engine, 'trainHead'>,
  { set }: PreparedData,
  options: TrainingOptions,
  fit: HeadFit,
  watch: FitWatch,
): Promise<Result<HeadFit>> {
  if (set.validationRows.length === 0 || fit.stopped) return { ok: true, value: fit };
  const rows = set.classes.length;
  const resolved = resolveOptions(options, {
    samples: rows,
    rows,
    embeddingLength: set.embeddingLength,
  });
  const whole = {
    ...set,
    trainingRows: Int32Array.from({ length: rows }, (_, row) => row),
    validationRows: new Int32Array(0),
  };
  const stopAfterEpoch = refitEpochs(fit.bestEpoch, resolved.epochs);
  const refit = await engine.trainHead(
    whole,
    { ...resolved, earlyStopping: false, stopAfterEpoch },
    watch,
  );
  // Ended midway, it has learned less than the head that is there already.
  return refit.ok && refit.value.stopped ? { ok: true, value: fit } : refit;
}
