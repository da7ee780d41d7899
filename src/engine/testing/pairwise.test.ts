import { describe, expect, it } from 'vitest';
import { EXPORT_TABLE, FACTORS } from './export-table.ts';
import { pairwise, type Factors } from './pairwise.ts';

function uncoveredPairs(factors: Factors, rows: readonly Readonly<Record<string, unknown>>[]) {
  const places = Object.entries(factors);
  return places.flatMap(([name, choices], place) =>
    places
      .slice(0, place)
      .flatMap(([otherName, others]) =>
        others.flatMap((other) =>
          choices
            .filter(
              (choice) => !rows.some((row) => row[name] === choice && row[otherName] === other),
            )
            .map((choice) => ({ [otherName]: other, [name]: choice })),
        ),
      ),
  );
}

describe('a pairwise table', () => {
  const small = { a: [1, 2], b: ['x', 'y', 'z'], c: [true, false] };

  it.each([
    { words: 'a small one', factors: small, rows: pairwise(small), least: 6 },
    { words: 'that of the exports', factors: FACTORS, rows: EXPORT_TABLE, least: 36 },
  ])('has every pair, and few more rows than it must: $words', ({ factors, rows, least }) => {
    expect(uncoveredPairs(factors, rows)).toEqual([]);
    // As many as the two places with most choices have pairs.
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect(rows.length).toBeLessThanOrEqual(1.2 * least);
  });

  it('is seen to lack a pair where it does', () => {
    expect(uncoveredPairs(small, pairwise(small).slice(1))).not.toEqual([]);
  });

  it('is the same at every call', () => {
    expect(pairwise(FACTORS)).toEqual(EXPORT_TABLE);
  });
});
