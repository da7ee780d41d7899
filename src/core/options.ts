import type { Head } from './head.ts';
import type { Crop } from './preprocess.ts';

/** How a head is fitted: straight to its optimum, or by gradient descent, epoch by epoch. */
export type SolverName = 'exact' | 'step-by-step';
export type LossName = 'cross-entropy' | 'mean-squared-error';
export type OptimizerName = 'adam' | 'sgd';
export type ScheduleName = 'constant' | 'cosine' | 'step';

/** Everything about fitting the head that a person can choose. Ranges in {@link OPTION_RANGES}. */
export interface TrainingOptions {
  /** What is asked for; what is used where other options rule it out: {@link solverOf}. */
  readonly solver: SolverName;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  /** Of SGD; unused by Adam. */
  readonly momentum: number;
  /** Peak, reached after the warm-up. Null: chosen from the embedding's length. */
  readonly learningRate: number | null;
  readonly schedule: ScheduleName;
  /** Share of all steps over which the rate rises from zero to its peak, 0 to 1. */
  readonly warmup: number;
  /** At most; early stopping may end sooner. Null: chosen from the number of samples. */
  readonly epochs: number | null;
  /** Null: chosen from the number of samples. */
  readonly batchSize: number | null;
  /**
   * Strength λ of the L2 penalty λ/2 · ‖kernel‖², beside the mean loss; biases are free. Null: from
   * the number of samples, and by the validation part where the exact solver has enough of one.
   */
  readonly l2: number | null;
  /** 0 to 1: the share of the target spread over all classes. */
  readonly labelSmoothing: number;
  /** Weigh each class by the inverse of its count. */
  readonly balancedClassWeights: boolean;
  readonly earlyStopping: boolean;
  /** Epochs without a better validation loss before stopping. */
  readonly patience: number;
  /** Units of each hidden layer: none, one or two. */
  readonly hiddenUnits: readonly number[];
  /** Share of hidden units left out at each step, 0 to 1. */
  readonly dropout: number;
  /** Share of each class kept aside for judging, where there is no test folder or for choosing epochs. */
  readonly validationShare: number;
  readonly seed: number;
}

/** The options with every automatic value decided: what one fit runs on. See recipe.ts. */
export interface ResolvedTrainingOptions extends TrainingOptions {
  readonly learningRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly l2: number;
}

/** One fit. `solver` is the one that is used. */
export interface FitOptions extends ResolvedTrainingOptions {
  /** Step by step: where it ends before its schedule's horizon (the refit), after which epoch. */
  readonly stopAfterEpoch: number | null;
  /** Exact: strengths of the penalty that the validation part chooses among; none: `l2` alone. */
  readonly l2Candidates: readonly number[];
  /** Exact: a head to start from, such as the one fitted before a picture was added. */
  readonly start: Head | null;
}

/** What a person can choose for the whole project. */
export interface ProjectOptions {
  readonly backboneId: string;
  readonly crop: Crop;
  readonly training: TrainingOptions;
}

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
