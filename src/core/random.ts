import { at } from './at.ts';

/** A seeded source of pseudo-random numbers: same seed, same numbers, on every machine. */
export interface Random {
  /** Uniform over [0, 1), in steps of 2⁻³². */
  next(): number;
  /** Uniform over the whole numbers 0 to n − 1. The bias is below n / 2³². */
  int(n: number): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
}

/**
 * SplitMix32: spreads a seed over all bits, so that seeds 1, 2, 3 … start
 * unrelated sequences. The finaliser is the 32-bit one of MurmurHash3 in the
 * variant of C. Wellons, "Prospecting for Hash Functions" (2018).
 */
function createSplitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

/**
 * sfc32, "small fast counter" (C. Doty-Humphrey, PractRand 0.93, 2014): 128
 * bits of state with a counter in it, so that no seed leads to a period
 * shorter than 2³². Passes PractRand and BigCrush; needs only 32-bit
 * arithmetic, which JavaScript has exactly.
 */
function createSfc32(seed: number): () => number {
  const seeding = createSplitMix32(seed);
  // A seed beyond 32 bits still counts with all of its bits.
  const high = Math.trunc(seed / 2 ** 32) | 0;
  let a = seeding() ^ high;
  let b = seeding();
  let c = seeding();
  let counter = 1;
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The author's own seeding discards the first outputs, until the state is mixed.
  for (let round = 0; round < 12; round++) draw();
  return draw;
}

/** @param seed any finite number; its whole part counts. */
export function createRandom(seed: number): Random {
  const draw = createSfc32(seed);
  let spare: number | null = null;
  const next = () => draw() / 2 ** 32;
  return {
    next,
    int: (n) => Math.floor(next() * n),
    // G. Marsaglia and T. A. Bray's polar method (1964): two normals a round.
    normal: () => {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      for (;;) {
        const x = 2 * next() - 1;
        const y = 2 * next() - 1;
        const square = x * x + y * y;
        if (square > 0 && square < 1) {
          const scale = Math.sqrt((-2 * Math.log(square)) / square);
          spare = y * scale;
          return x * scale;
        }
      }
    },
  };
}

/** Shuffles in place: each order equally likely (Fisher and Yates; Durstenfeld 1964). */
export function shuffle(random: Random, items: Int32Array): void {
  for (let last = items.length - 1; last > 0; last--) {
    const chosen = random.int(last + 1);
    const kept = at(items, last);
    items[last] = at(items, chosen);
    items[chosen] = kept;
  }
}

/**
 * A number of [0, 1) that depends on nothing but the seed and the text: for
 * choices that must not move when something else is added. FNV-1a over the
 * text's UTF-16 code units, mixed with the seed, then one draw.
 */
export function randomOf(seed: number, text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  const mixedSeed = createSplitMix32(seed)();
  return createRandom((hash ^ mixedSeed) >>> 0).next();
}
