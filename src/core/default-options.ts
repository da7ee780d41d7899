import type { ProjectOptions, TrainingOptions } from './options.ts';
import type { Problem } from './problem.ts';

/** For someone who touches nothing, from 2 classes of 3 pictures to 20 of 500. */
export const DEFAULT_TRAINING_OPTIONS: TrainingOptions = {
  solver: 'exact',
  loss: 'cross-entropy',
  optimizer: 'adam',
  momentum: 0.9,
  learningRate: null,
  schedule: 'cosine',
  warmup: 0.05,
  epochs: null,
  batchSize: null,
  l2: null,
  labelSmoothing: 0,
  balancedClassWeights: false,
  earlyStopping: true,
  patience: 10,
  hiddenUnits: [],
  dropout: 0,
  validationShare: 0.2,
  seed: 1,
};

export const DEFAULT_PROJECT_OPTIONS: ProjectOptions = {
  backboneId: 'mobilenet_v2_1.0_224',
  crop: 'centre',
  training: DEFAULT_TRAINING_OPTIONS,
};

/** The options that are numbers; `hiddenUnits` stands for each layer's. */
export type NumericOption =
  | 'momentum'
  | 'learningRate'
  | 'warmup'
  | 'epochs'
  | 'batchSize'
  | 'l2'
  | 'labelSmoothing'
  | 'patience'
  | 'hiddenUnits'
  | 'dropout'
  | 'validationShare'
  | 'seed';

/** What an option accepts. */
export interface OptionRange {
  readonly min: number;
  readonly max: number;
  /** A sensible step of a slider or spin button, not a condition. */
  readonly step: number;
  readonly integer: boolean;
  /** What a slider should span, where the range that is accepted is far wider. */
  readonly usual: readonly [low: number, high: number];
}

/** Hidden layers at most. */
export const MAX_HIDDEN_LAYERS = 2;

export const OPTION_RANGES: Readonly<Record<NumericOption, OptionRange>> = {
  momentum: { min: 0, max: 0.99, step: 0.01, integer: false, usual: [0, 0.99] },
  // Far too large a rate may be tried: what happens then is worth seeing, and the fit says it itself.
  learningRate: { min: 1e-7, max: 1e9, step: 1e-4, integer: false, usual: [1e-5, 0.1] },
  warmup: { min: 0, max: 1, step: 0.01, integer: false, usual: [0, 0.5] },
  epochs: { min: 1, max: 10_000, step: 1, integer: true, usual: [1, 200] },
  batchSize: { min: 1, max: 4096, step: 1, integer: true, usual: [4, 256] },
  l2: { min: 0, max: 10, step: 1e-4, integer: false, usual: [0, 0.1] },
  labelSmoothing: { min: 0, max: 1, step: 0.01, integer: false, usual: [0, 0.3] },
  patience: { min: 1, max: 10_000, step: 1, integer: true, usual: [1, 50] },
  hiddenUnits: { min: 1, max: 4096, step: 1, integer: true, usual: [16, 512] },
  // Leaving every unit out would leave nothing to learn from.
  dropout: { min: 0, max: 0.95, step: 0.05, integer: false, usual: [0, 0.8] },
  validationShare: { min: 0, max: 0.9, step: 0.05, integer: false, usual: [0.05, 0.5] },
  seed: { min: 0, max: 2 ** 32 - 1, step: 1, integer: true, usual: [0, 9999] },
};

/** @returns an `option-invalid` for each number that is out of its range; none when all can be used. */
export function checkOptions(options: TrainingOptions): Problem[] {
  const problems: Problem[] = [];
  const check = (option: NumericOption, value: number) => {
    const range = OPTION_RANGES[option];
    const fits = value >= range.min && value <= range.max;
    if (!fits || (range.integer && !Number.isInteger(value))) {
      problems.push(invalid(option, value, range.min, range.max));
    }
  };
  for (const option of Object.keys(OPTION_RANGES) as NumericOption[]) {
    if (option === 'hiddenUnits')
      options.hiddenUnits.forEach((units) => {
        check(option, units);
      });
    else {
      const value = options[option];
      if (value !== null) check(option, value);
    }
  }
  if (options.hiddenUnits.length > MAX_HIDDEN_LAYERS) {
    problems.push(invalid('hiddenLayers', options.hiddenUnits.length, 0, MAX_HIDDEN_LAYERS));
  }
  return problems;
}

function invalid(option: string, value: number, min: number, max: number): Problem {
  return { code: 'option-invalid', option, value: String(value), min, max };
}
