import { expect, test } from 'vitest';
import { createRandom, randomOf, shuffle } from './random.ts';

const draws = (seed: number, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed gives the same numbers, another seed others', () => {
  expect(draws(1, 5)).toEqual(draws(1, 5));
  expect(draws(1, 5)).not.toEqual(draws(2, 5));
  expect(draws(2 ** 33 + 1, 5)).not.toEqual(draws(1, 5));
});

test('the sequence never changes: saved projects depend on it', () => {
  expect(draws(1, 3)).toMatchInlineSnapshot(`
    [
      0.5636717735324055,
      0.5851113414391875,
      0.8959073920268565,
    ]
  `);
});

test('draws are uniform over [0, 1), for neighbouring seeds too', () => {
  for (const seed of [0, 1, 2, 3, -1, 4_294_967_295]) {
    const bins = new Array<number>(16).fill(0);
    for (const value of draws(seed, 16_000)) {
      const bin = Math.floor(value * 16);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(bins).toHaveLength(16);
    // 15 degrees of freedom: above 37.7 once in a thousand.
    expect(chiSquare).toBeLessThan(37.7);
  }
});

test('first draws of neighbouring seeds are not alike', () => {
  const firsts = Array.from({ length: 1000 }, (_, seed) => createRandom(seed).next());
  const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(new Set(firsts).size).toBe(1000);
});

test('int covers its range and nothing else', () => {
  const random = createRandom(7);
  const seen = new Set(Array.from({ length: 200 }, () => random.int(6)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('normals have mean 0, variance 1 and light tails', () => {
  const random = createRandom(3);
  const values = Array.from({ length: 20_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
  expect(values.filter((value) => Math.abs(value) > 1.96).length / values.length).toBeCloseTo(
    0.05,
    2,
  );
});

test('shuffle keeps every item and reaches every order', () => {
  const random = createRandom(5);
  const orders = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const items = Int32Array.of(1, 2, 3);
    shuffle(random, items);
    orders.set(items.join(), (orders.get(items.join()) ?? 0) + 1);
  }
  expect(orders.size).toBe(6);
  for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('randomOf depends on seed and text alone', () => {
  expect(randomOf(1, 'a')).toBe(randomOf(1, 'a'));
  expect(randomOf(1, 'a')).not.toBe(randomOf(2, 'a'));
  expect(randomOf(1, 'a')).not.toBe(randomOf(1, 'b'));
  const lots = Array.from({ length: 4000 }, (_, index) => randomOf(9, `text ${String(index)}`));
  expect(lots.filter((lot) => lot < 0.25).length).toBeGreaterThan(900);
  expect(lots.filter((lot) => lot < 0.25).length).toBeLessThan(1100);
});
