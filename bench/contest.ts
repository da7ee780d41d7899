import { spreadOf, type Spread } from './statistics.ts';

/** One way to do what is measured. */
export interface Contestant {
  readonly name: string;
  /** What has to be known of its figures, such as that they are extrapolated. */
  readonly note?: string;
  /** Does it once. @returns the round's figure. */
  run(): Promise<number>;
}

/** A contestant's figures. */
export interface Entry {
  readonly name: string;
  readonly note: string | null;
  readonly figures: Spread;
  /** Over the rounds: how many times as good the first contestant was in the same round. 1 for itself. */
  readonly firstIsBetter: Spread;
}

/** Whether a greater figure is the better one. */
export type Better = 'more' | 'less';

/**
 * Runs the contestants one after another, round after round, so that what
 * else the machine does falls on all alike. A round before the first pays for
 * compiling kernels, code and shaders.
 */
export async function compete(
  contestants: readonly Contestant[],
  rounds: number,
  better: Better,
): Promise<readonly Entry[]> {
  const figures = contestants.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const figure = await contestant.run();
      if (round >= 0) figures[index]?.push(figure);
    }
  }
  return compare(contestants, figures, better);
}

/** @param figures of each contestant, a round each. */
export function compare(
  contestants: readonly Pick<Contestant, 'name' | 'note'>[],
  figures: readonly (readonly number[])[],
  better: Better,
): readonly Entry[] {
  const first = figures[0] ?? [];
  return contestants.map(({ name, note }, index) => {
    const own = figures[index] ?? [];
    const ratios = own.map((figure, round) => {
      const ratio = (first[round] ?? Number.NaN) / figure;
      return better === 'more' ? ratio : 1 / ratio;
    });
    return { name, note: note ?? null, figures: spreadOf(own), firstIsBetter: spreadOf(ratios) };
  });
}
