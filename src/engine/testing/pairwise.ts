/** What may be chosen in each of several places. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;

/** One choice for each place. */
export type RowOf<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

/**
 * A table in which any two choices of two places meet in some row: most faults take no more than two
 * things together, and the full product has thousands of rows. Greedy, and the same at every call.
 */
export function pairwise<F extends Factors>(factors: F): readonly RowOf<F>[] {
  const sizes = Object.values(factors).map(({ length }) => length);
  const uncovered = new Map(pairsOf(sizes).map((pair) => [keyOf(...pair), pair]));
  const earlier: (readonly Choice[])[] = [];
  const rows: RowOf<F>[] = [];
  for (let [pair] = uncovered.values(); pair !== undefined; [pair] = uncovered.values()) {
    const row = fillRow(pair, { sizes, uncovered, earlier });
    earlier.push(row);
    row.forEach((one, i) => {
      row.slice(0, i).forEach((other) => uncovered.delete(keyOf(other, one)));
    });
    const entries = Object.entries(factors).map(([name, choices], place) => [
      name,
      choices[row.find((choice) => choice.place === place)?.index ?? 0],
    ]);
    rows.push(Object.fromEntries(entries) as RowOf<F>);
  }
  return rows;
}

interface Choice {
  readonly place: number;
  readonly index: number;
}
type Pair = readonly [Choice, Choice];

/** Of two choices, the earlier place first. */
function keyOf(one: Choice, other: Choice): string {
  const [a, b] = one.place < other.place ? [one, other] : [other, one];
  return [a.place, a.index, b.place, b.index].join();
}

function choicesOf(place: number, size: number): Choice[] {
  return Array.from({ length: size }, (_, index) => ({ place, index }));
}

function pairsOf(sizes: readonly number[]): Pair[] {
  return sizes.flatMap((size, place) =>
    sizes
      .slice(0, place)
      .flatMap((otherSize, otherPlace) =>
        choicesOf(otherPlace, otherSize).flatMap((other) =>
          choicesOf(place, size).map((one): Pair => [other, one]),
        ),
      ),
  );
}

interface Filling {
  readonly sizes: readonly number[];
  readonly uncovered: ReadonlyMap<string, Pair>;
  readonly earlier: readonly (readonly Choice[])[];
}

/**
 * Place by place, those with most choices first, the choice that meets most of the row's others for
 * the first time; of several the one that was taken least.
 */
function fillRow(pair: Pair, { sizes, uncovered, earlier }: Filling): readonly Choice[] {
  const row: Choice[] = [...pair];
  const open = sizes
    .map((size, place) => ({ size, place }))
    .filter(({ place }) => pair.every((choice) => choice.place !== place))
    .sort((a, b) => b.size - a.size);
  const isTaken =
    ({ place, index }: Choice) =>
    (other: Choice) =>
      other.place === place && other.index === index;
  for (const { size, place } of open) {
    const worth = (choice: Choice) => {
      const newPairs = row.filter((other) => uncovered.has(keyOf(other, choice))).length;
      return newPairs - earlier.filter((one) => one.some(isTaken(choice))).length / 1000;
    };
    const best = choicesOf(place, size).reduce((most, choice) =>
      worth(choice) > worth(most) ? choice : most,
    );
    row.push(best);
  }
  return row;
}
