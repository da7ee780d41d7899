/** The two classes that are mixed up most, counted in both directions. */
export interface MixUp {
  /** The direction with more mistakes, to look at first. */
  readonly actual: number;
  readonly predicted: number;
  /** Mistakes between the two. */
  readonly wrong: number;
  /** Pictures of the two. */
  readonly count: number;
}

/** @returns null where nothing was mixed up. */
export function worstMixUp(confusion: readonly (readonly number[])[]): MixUp | null {
  let worst: MixUp | null = null;
  for (const [a, row] of confusion.entries()) {
    for (let b = a + 1; b < row.length; b++) {
      const there = row[b] ?? 0;
      const back = confusion[b]?.[a] ?? 0;
      if (there + back <= (worst?.wrong ?? 0)) continue;
      const [actual, predicted] = there >= back ? [a, b] : [b, a];
      worst = { actual, predicted, wrong: there + back, count: total(row) + total(confusion[b]) };
    }
  }
  return worst;
}

function total(row: readonly number[] | undefined): number {
  return (row ?? []).reduce((sum, count) => sum + count, 0);
}
