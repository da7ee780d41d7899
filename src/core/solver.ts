import type { SolverName, TrainingOptions } from './options.ts';

/** The options that rule the exact solver out, with the values that allow it. */
export const EXACT_REQUIRES = {
  hiddenUnits: [],
  loss: 'cross-entropy',
  optimizer: 'adam',
} as const satisfies Partial<TrainingOptions>;

/**
 * The solver that is used: the exact one where it is asked for and the problem is convex, that is,
 * cross-entropy without hidden layers. Whoever chose another optimizer than the usual one wants to
 * see it work.
 */
export function solverOf(
  options: Pick<TrainingOptions, 'solver' | 'hiddenUnits' | 'loss' | 'optimizer'>,
): SolverName {
  const allowed =
    options.hiddenUnits.length === 0 &&
    options.loss === EXACT_REQUIRES.loss &&
    options.optimizer === EXACT_REQUIRES.optimizer;
  return allowed ? options.solver : 'step-by-step';
}
