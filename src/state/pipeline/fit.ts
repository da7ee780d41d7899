import type { EpochReport, Head } from '../../core/head.ts';
import type { FitOptions, TrainingOptions } from '../../core/options.ts';
import type { Result } from '../../core/problem.ts';
import {
  canStopEarly,
  l2Candidates,
  l2ForRefit,
  refitEpochs,
  resolveOptions,
} from '../../core/recipe.ts';
import { solverOf } from '../../core/solver.ts';
import type { Engine, HeadFit } from '../../engine/contract.ts';
import type { PreparedData } from './training-set.ts';

/** Hooks of a fit: reports of its epochs or iterations, `stop` to keep the best so far, `signal` to throw it away. */
export interface FitWatch {
  readonly onReport?: (report: EpochReport) => void;
  readonly stop?: AbortSignal;
  readonly signal?: AbortSignal;
}

/**
 * Stage 6a: fits a head to the training part. The validation part chooses the epoch, or the exact
 * solver's L2 penalty where nobody has.
 *
 * @param start exact: a head that was fitted to nearly the same, or null. It leads to the same one
 * sooner, except along a path of penalties, which begins far from it.
 */
export function fitHead(
  engine: Pick<Engine, 'trainHead'>,
  { set, classes }: PreparedData,
  options: TrainingOptions,
  start: Head | null,
  watch: FitWatch,
): Promise<Result<HeadFit>> {
  const resolved = resolveOptions(options, {
    samples: set.classes.length,
    rows: set.trainingRows.length,
    embeddingLength: set.embeddingLength,
  });
  const solver = solverOf(options);
  const mayChoose = canStopEarly(set.validationRows.length, classes.length);
  const candidates = mayChoose && options.l2 === null ? l2Candidates(resolved.l2) : [];
  const fit: FitOptions = {
    ...resolved,
    solver,
    earlyStopping: options.earlyStopping && mayChoose,
    stopAfterEpoch: null,
    l2Candidates: candidates,
    start: solver === 'exact' && candidates.length === 0 ? start : null,
  };
  return engine.trainHead(set, fit, watch);
}

/**
 * Stage 6b: fits the head that is kept to all training pictures, for as many
 * epochs as the first fit found best, or with its L2 penalty. Where nothing was kept aside, or the
 * person ended the first fit, that one's head is kept.
 *
 * @param start exact: a head that was fitted to nearly the same, or null.
 */
export async function refitHead(
  engine: Pick<Engine, 'trainHead'>,
  { set }: PreparedData,
  options: TrainingOptions,
  fit: HeadFit,
  start: Head | null,
  watch: FitWatch,
): Promise<Result<HeadFit>> {
  if (set.validationRows.length === 0 || fit.stopped) return { ok: true, value: fit };
  const rows = set.classes.length;
  const fitted = set.trainingRows.length;
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
  const solver = solverOf(options);
  const refit = await engine.trainHead(
    whole,
    {
      ...resolved,
      solver,
      l2: options.l2 ?? (solver === 'exact' ? l2ForRefit(fit.l2, fitted, rows) : resolved.l2),
      earlyStopping: false,
      stopAfterEpoch: refitEpochs(fit.bestEpoch, resolved.epochs),
      l2Candidates: [],
      start: solver === 'exact' ? (start ?? fit.head) : null,
    },
    watch,
  );
  // Ended midway, it has learned less than the head that is there already.
  return refit.ok && refit.value.stopped ? { ok: true, value: fit } : refit;
}
