import type { FitOptions } from '../../core/options.ts';
import type { Engine, HeadFit, TrainingSet } from '../contract.ts';

/** @throws the problem, where there is one. */
export async function fit(
  engine: Pick<Engine, 'trainHead'>,
  set: TrainingSet,
  options: FitOptions,
): Promise<HeadFit> {
  const fitted = await engine.trainHead(set, options);
  if (!fitted.ok) throw new Error(JSON.stringify(fitted.problem));
  return fitted.value;
}

/** Share of all rows that the head answers rightly. */
export async function accuracyOf(
  engine: Pick<Engine, 'predict'>,
  { head }: HeadFit,
  set: TrainingSet,
) {
  const probabilities = await engine.predict(head, set.embeddings);
  const classes = set.classIds.length;
  const right = [...set.classes].filter((wanted, row) => {
    const answer = probabilities.subarray(row * classes, (row + 1) * classes);
    return answer.indexOf(Math.max(...answer)) === wanted;
  });
  return right.length / set.classes.length;
}
