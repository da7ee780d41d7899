import type { Head } from '../../core/head.ts';
import { evaluate, judge } from '../../core/evaluation.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Judgement, TrainReport, TrainRequest, Trained } from '../contract.ts';
import { fitHead, refitHead, type Fit } from './fit-head.ts';
import type { FitSet } from './fit-set.ts';

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
