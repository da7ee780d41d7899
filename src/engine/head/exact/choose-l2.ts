/** One strength of the penalty, fitted to the training part and judged by the validation part. */
export interface Candidate {
  readonly l2: number;
  /** Mean loss on the validation part. */
  readonly loss: number;
  /** Standard error of that mean. */
  readonly standardError: number;
}

/**
 * Chooses among strengths by the one-standard-error rule (L. Breiman et al., "Classification and
 * Regression Trees", 1984, section 3.4.3): all whose loss lies within one standard error of the
 * lowest are as good as it for all that the validation part can tell. Of those the one nearest to
 * `usual` (by ratio) is taken, where the original takes the simplest: a few dozen pictures should
 * overrule the recipe only when they clearly speak against it.
 *
 * @returns the index of the chosen one; −1 where there is none.
 */
export function chooseL2(candidates: readonly Candidate[], usual: number): number {
  const best = candidates.reduce<Candidate | null>(
    (lowest, one) => (lowest === null || one.loss < lowest.loss ? one : lowest),
    null,
  );
  if (best === null) return -1;
  const limit = best.loss + best.standardError;
  let [chosen, nearest] = [-1, Infinity];
  for (const [index, { l2, loss }] of candidates.entries()) {
    const distance = Math.abs(Math.log(l2 / usual));
    if (loss <= limit && distance < nearest) [chosen, nearest] = [index, distance];
  }
  return chosen;
}
