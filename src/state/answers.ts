import { at } from '../core/at.ts';
import type { Result } from '../core/problem.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { Engine, Frame, Prediction } from '../engine/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';

/** How probable one class is. */
export interface Answer {
  readonly classId: string;
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** In the head's class order. */
export function answersOf(
  probabilities: Float32Array,
  classes: readonly ClassLabel[],
): readonly Answer[] {
  return classes.map(({ id, label }, index) => ({
    classId: id,
    label,
    probability: at(probabilities, index),
  }));
}

/** Asks the classifier in use about a picture. Null where there is none that could answer. */
export async function ask(
  engine: Pick<Engine, 'classify'>,
  { saved, usable }: Pick<ClassifierState, 'saved' | 'usable'>,
  picture: Blob | Frame,
): Promise<Result<Prediction> | null> {
  if (saved && usable) return engine.classify(picture, saved.crop);
  if (!(picture instanceof Blob)) picture.close();
  return null;
}
