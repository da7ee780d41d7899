/** How a set of pictures was answered. */
export interface Evaluation {
  /** Pictures judged. */
  readonly count: number;
  /** Right answers over count, 0 to 1; 0 where count is 0. */
  readonly accuracy: number;
  /** Wilson's 95 % score interval of the accuracy. */
  readonly interval: readonly [low: number, high: number];
  /** confusion[actual][predicted], in the head's class order. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassEvaluation[];
}

/** Null where the denominator is zero (nothing predicted so, or no picture of it). */
export interface ClassEvaluation {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly count: number;
}

/** One judged picture, for showing the pictures behind a cell of the matrix. */
export interface Judged {
  readonly sampleId: string;
  /** Indices into the head's class order. */
  readonly actual: number;
  readonly predicted: number;
  /** The probability of `predicted`, 0 to 1. */
  readonly confidence: number;
}
