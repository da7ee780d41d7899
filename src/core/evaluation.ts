import { at } from './at.ts';

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

/** How sure a 95 % interval is: the standard normal's 97.5 % quantile. */
const Z_95 = 1.959963984540054;

/** The answers to a set of pictures. */
export interface Answers {
  /** The class with the largest probability; of equals the first. [count]. */
  readonly predicted: Int32Array<ArrayBuffer>;
  /** That probability, 0 to 1. [count]. */
  readonly confidence: Float32Array<ArrayBuffer>;
}

/** @param probabilities row-major [count, classCount]. */
export function judge(probabilities: Float32Array, classCount: number): Answers {
  const count = classCount > 0 ? Math.floor(probabilities.length / classCount) : 0;
  const predicted = new Int32Array(count);
  const confidence = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let best = 0;
    let most = -1;
    for (let column = 0; column < classCount; column++) {
      const probability = at(probabilities, row * classCount + column);
      if (probability > most) {
        most = probability;
        best = column;
      }
    }
    predicted[row] = best;
    confidence[row] = Math.max(0, most);
  }
  return { predicted, confidence };
}

/**
 * Judges answers against what the pictures show.
 *
 * @param actual class index of each picture, [count].
 * @param probabilities row-major [count, classCount].
 */
export function evaluate(
  actual: Int32Array,
  probabilities: Float32Array,
  classCount: number,
): Evaluation {
  const { predicted } = judge(probabilities, classCount);
  const confusion = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (const [row, shown] of actual.entries()) {
    const answered = at(predicted, row);
    const line = at(confusion, shown);
    line[answered] = at(line, answered) + 1;
  }
  return evaluateConfusion(confusion);
}

/** All that follows from a confusion matrix, confusion[actual][predicted]. */
export function evaluateConfusion(confusion: readonly (readonly number[])[]): Evaluation {
  const count = sum(confusion.map(sum));
  const right = sum(confusion.map((line, index) => at(line, index)));
  return {
    count,
    accuracy: count === 0 ? 0 : right / count,
    interval: wilsonInterval(right, count),
    confusion,
    perClass: confusion.map((_, index) => evaluateClass(confusion, index)),
  };
}

/** Precision, recall and their harmonic mean (F1; C. J. van Rijsbergen 1979). */
function evaluateClass(confusion: readonly (readonly number[])[], index: number): ClassEvaluation {
  const right = at(at(confusion, index), index);
  const count = sum(at(confusion, index));
  const answered = sum(confusion.map((line) => at(line, index)));
  return {
    precision: answered === 0 ? null : right / answered,
    recall: count === 0 ? null : right / count,
    // 2PR / (P + R) in counts, which needs no special case at P = R = 0.
    f1: answered === 0 || count === 0 ? null : (2 * right) / (answered + count),
    count,
  };
}

/**
 * The 95 % score interval of a share (E. B. Wilson, "Probable inference, the
 * law of succession, and statistical inference", 1927). Unlike the usual
 * ± 1.96 · standard error it is right for few pictures and near 0 and 1.
 * Nothing known (count 0): 0 to 1.
 */
export function wilsonInterval(right: number, count: number): [low: number, high: number] {
  if (count === 0) return [0, 1];
  const share = right / count;
  const square = Z_95 * Z_95;
  const centre = share + square / (2 * count);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count));
  const scale = 1 + square / count;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** Two classes that are taken for each other. */
export interface MixedUp {
  /** Class indices; the pictures of the first go wrong at least as often as the second's. */
  readonly pair: readonly [number, number];
  /** Pictures of either that were answered with the other. */
  readonly mistakes: number;
  /** Pictures of the two classes together. */
  readonly of: number;
}

/**
 * Pairs that were mixed up at all, worst first: by mistakes, then by their share.
 * For "It mixes up longsleeve and dress most: 5 of 40".
 */
export function mostConfused(confusion: readonly (readonly number[])[]): readonly MixedUp[] {
  const found: MixedUp[] = [];
  confusion.forEach((line, first) => {
    for (let second = first + 1; second < line.length; second++) {
      const there = at(line, second);
      const back = at(at(confusion, second), first);
      if (there + back === 0) continue;
      found.push({
        pair: there >= back ? [first, second] : [second, first],
        mistakes: there + back,
        of: sum(line) + sum(at(confusion, second)),
      });
    }
  });
  return found.sort((a, b) => b.mistakes - a.mistakes || a.of - b.of);
}

/** Below this many pictures a single one moves the accuracy by more than 5 points. */
const FEWEST_TO_TRUST = 20;
/** An interval wider than this can't tell one wrong in ten from one wrong in three. */
const WIDEST_TO_TRUST = 0.25;

/**
 * Whether so few pictures were judged that the accuracy should not be quoted
 * as a fact. Eight pictures all answered right still leave anything between
 * 68 and 100 % (Wilson's interval).
 */
export function tooFewToTrust(evaluation: Pick<Evaluation, 'count' | 'interval'>): boolean {
  const [low, high] = evaluation.interval;
  return evaluation.count < FEWEST_TO_TRUST || high - low > WIDEST_TO_TRUST;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
