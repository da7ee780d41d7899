import type { Head, EpochReport } from '../../core/head.ts';
import { evaluate, judge } from '../../core/evaluation.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Judgement, TrainReport, TrainRequest, Trained } from '../contract.ts';
import type { FitSet, HeadFit } from './fit-set.ts';
import { type FitOptions, type TrainingOptions, solverOf } from '../../core/options.ts';
import {
  canStopEarly,
  l2Candidates,
  l2ForRefit,
  refitEpochs,
  resolveOptions,
} from '../../core/recipe.ts';

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

/** What computes, whatever it is. */
export interface Solvers {
  readonly fit: Fit;
  /** Probabilities [count, classes] of the embeddings of the indices below `count`. */
  readonly predict: (head: Head, count: number, at: FitSet['at']) => Promise<Float32Array>;
}

/** Rows that are only judged. */
export type JudgedRows = Pick<FitSet, 'classes' | 'at'>;

/**
 * Fits, judges that fit by the validation part, refits on everything, judges the refit by the test
 * rows. The validation figure is of the first fit, because the refit has learned its rows; so are
 * the curves.
 *
 * @param start exact: a head that was fitted to nearly the same, or null.
 */
export async function trainClassifier(
  { fit, predict }: Solvers,
  set: FitSet,
  test: JudgedRows,
  options: TrainRequest['options'],
  start: Head | null,
  report: (report: TrainReport) => void | Promise<void>,
): Promise<Result<Trained>> {
  const judgeRows = async (head: Head, { classes, at }: JudgedRows): Promise<Judgement | null> => {
    if (classes.length === 0) return null;
    const classCount = head.classIds.length;
    const probabilities = await predict(head, classes.length, at);
    const evaluation = evaluate(classes, probabilities, classCount);
    return { ...judge(probabilities, classCount), evaluation };
  };
  await report({ stage: 'fitting' });
  const fitted = await fitHead(fit, set, options, start, (epoch) => report({ epoch }));
  if (!fitted.ok) return fitted;
  await report({ stage: 'judging' });
  const validation = await judgeRows(fitted.value.head, validationPart(set));
  await report({ stage: 'refitting' });
  const refitted = await refitHead(fit, set, options, fitted.value, start);
  if (!refitted.ok) return refitted;
  await report({ stage: 'judging' });
  const { head } = refitted.value;
  const { history, bestEpoch } = fitted.value;
  return ok({ head, history, bestEpoch, validation, test: await judgeRows(head, test) });
}

function validationPart({ classes, validationRows, at }: FitSet): JudgedRows {
  return {
    classes: validationRows.map((index) => classes[index] ?? 0),
    at: (index) => at(validationRows[index] ?? -1),
  };
}
