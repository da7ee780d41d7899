import type { FitOptions } from '../../core/options.ts';
import type { EngineClient } from '../client.ts';
import type { TrainingSet } from '../contract.ts';
import type { FitSet, HeadFit } from '../head/fit-set.ts';
import { placeSet, type FlatSet } from './rows.ts';

/** @throws the problem, where there is one. */
export async function fit(
  engine: Pick<EngineClient, 'fit' | 'putRows'>,
  set: FlatSet | TrainingSet,
  options: FitOptions,
): Promise<HeadFit> {
  const placed = 'space' in set ? set : await placeSet(engine, set);
  const fitted = await engine.fit(placed, options);
  if (!fitted.ok) throw new Error(JSON.stringify(fitted.problem));
  return fitted.value;
}

/** Share of all rows that the head answers rightly. */
export async function accuracyOf(
  engine: Pick<EngineClient, 'predict' | 'putRows'>,
  { head }: HeadFit,
  set: FlatSet,
) {
  const { space, rows } = await placeSet(engine, set);
  const probabilities = await engine.predict(head, space, rows);
  const classes = set.classIds.length;
  const right = [...set.classes].filter((wanted, row) => {
    const answer = probabilities.subarray(row * classes, (row + 1) * classes);
    return answer.indexOf(Math.max(...answer)) === wanted;
  });
  return right.length / set.classes.length;
}

/** What the solvers read, of a set in one matrix. */
export function fitSetFrom({ embeddings, ...set }: FlatSet): FitSet {
  const { embeddingLength: length } = set;
  return { ...set, at: (index) => embeddings.subarray(index * length, (index + 1) * length) };
}
