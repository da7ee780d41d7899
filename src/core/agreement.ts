import { at } from './at.ts';

/** How two runs of a classifier on the same pictures compare. */
export interface Agreement {
  readonly pictures: number;
  /** Pictures to which both give the same class. */
  readonly same: number;
  /** Of any class's probability, 0 to 1. */
  readonly largestDifference: number;
}

/**
 * @param ours and theirs: probabilities, row-major [pictures, classCount].
 * @throws RangeError where they are of other sizes, or no whole number of rows.
 */
export function compareAnswers(
  ours: Float32Array,
  theirs: Float32Array,
  classCount: number,
): Agreement {
  const pictures = ours.length / classCount;
  if (theirs.length !== ours.length || !Number.isInteger(pictures))
    throw new RangeError(`${String(ours.length)} and ${String(theirs.length)} probabilities`);
  let [same, largestDifference] = [0, 0];
  for (let picture = 0; picture < pictures; picture++) {
    const [from, to] = [picture * classCount, (picture + 1) * classCount];
    if (mostLikely(ours.subarray(from, to)) === mostLikely(theirs.subarray(from, to))) same += 1;
    for (let index = from; index < to; index++) {
      const difference = Math.abs(at(ours, index) - at(theirs, index));
      // A value that is no number differs as much as can be.
      largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? 1 : difference);
    }
  }
  return { pictures, same, largestDifference };
}

/** What an export is worth by its agreement with the preview. */
export type Verdict = 'exact' | 'close' | 'differs' | 'unusable';

/** A file in single precision gives the preview's probabilities but for rounding. */
const EXACT_DIFFERENCE = 1e-3;
/** Below this share of same answers a reduced file is handed over with a warning. */
export const CLOSE_SHARE = 0.98;
/** Below this one it isn't. */
export const USABLE_SHARE = 0.95;

export function judgeAgreement({ pictures, same, largestDifference }: Agreement): Verdict {
  const share = pictures === 0 ? 1 : same / pictures;
  if (share === 1 && largestDifference <= EXACT_DIFFERENCE) return 'exact';
  if (share < USABLE_SHARE) return 'unusable';
  return share < CLOSE_SHARE ? 'differs' : 'close';
}

function mostLikely(probabilities: Float32Array): number {
  return probabilities.reduce(
    (best, value, index) => (value > at(probabilities, best) ? index : best),
    0,
  );
}
