import type { EpochReport, Head } from '../../core/head.ts';
import { type FitOptions, type TrainingOptions, solverOf } from '../../core/options.ts';
import type { Result } from '../../core/problem.ts';
import {
  canStopEarly,
  l2Candidates,
  l2ForRefit,
  refitEpochs,
  resolveOptions,
} from '../../core/recipe.ts';
import type { FitSet, HeadFit } from './fit-set.ts';

/** Fits a head once, by `options.solver`. */
export type Fit = (
  set: FitSet,
  options: FitOptions,
  report: (report: EpochReport) => void | Promise<void>,
) => Promise<Result<HeadFit>>;

/**
 * Fits a head to the training part. The validation part chooses the epoch, or the exact
 * solver's L2 penalty where nobody has.
 *
 * @param start exact: a head that was fitted to nearly the same, or null. It leads to the same one
 * sooner, except along a path of penalties, which begins far from it.
 */
export function fitHead(
  fit: Fit,
  set: FitSet,
  options: TrainingOptions,
  start: Head | null,
  report: Parameters<Fit>[2],
): Promise<Result<HeadFit>> {
  const resolved = resolveOptions(options, {
    samples: set.classes.length,
    rows: set.trainingRows.length,
    embeddingLength: set.embeddingLength,
  });
  const solver = solverOf(options);
  const mayChoose = canStopEarly(set.validationRows.length, set.classIds.length);
  const candidates = mayChoose && options.l2 === null ? l2Candidates(resolved.l2) : [];
  const chosen: FitOptions = {
    ...resolved,
    solver,
    earlyStopping: options.earlyStopping && mayChoose,
    stopAfterEpoch: null,
    l2Candidates: candidates,
    start: solver === 'exact' && candidates.length === 0 ? start : null,
  };
  return fit(set, chosen, report);
}

/**
 * Fits the head that is kept to all training pictures, for as many
 * epochs as the first fit found best, or with its L2 penalty. Where nothing was kept aside, or the
 * person ended the first fit, that one's head is kept.
 *
 * @param start exact: a head that was fitted to nearly the same, or null.
 */
export async function refitHead(
  fit: Fit,
  set: FitSet,
  options: TrainingOptions,
  first: HeadFit,
  start: Head | null,
): Promise<Result<HeadFit>> {
  if (set.validationRows.length === 0 || first.stopped) return { ok: true, value: first };
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
  const refit = await fit(
    whole,
    {
      ...resolved,
      solver,
      l2: options.l2 ?? (solver === 'exact' ? l2ForRefit(first.l2, fitted, rows) : resolved.l2),
      earlyStopping: false,
      stopAfterEpoch: refitEpochs(first.bestEpoch, resolved.epochs),
      l2Candidates: [],
      start: solver === 'exact' ? (start ?? first.head) : null,
    },
    () => undefined,
  );
  // Ended midway, it has learned less than the head that is there already.
  return refit.ok && refit.value.stopped ? { ok: true, value: first } : refit;
}
