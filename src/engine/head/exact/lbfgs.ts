import { at } from '../../../core/at.ts';
import type { Vectors } from './linear-algebra.ts';

/** A strictly convex sum of a smooth loss and a quadratic penalty `l2 / 2 · Σ w²` of most weights. */
export interface Objective {
  /** The loss without the penalty; its gradient is written into `gradient`. */
  loss(weights: Float64Array, gradient: Float64Array): Promise<number>;
  /** Indices of the weights that are not penalised (the biases). */
  readonly free: readonly number[];
}

/** Where a descent stands. Its vectors are the descent's own and change with every step. */
export interface Point {
  readonly weights: Float64Array;
  /** Of the loss alone. */
  readonly gradient: Float64Array;
  readonly loss: number;
}

export interface Descent {
  readonly point: Point;
  /**
   * Goes on down to the minimum at one strength of the penalty.
   *
   * @param onIteration after each step; false ends it there.
   * @returns false where the iterations ran out, or `onIteration` ended it.
   */
  minimise(l2: number, onIteration: () => Promise<boolean>): Promise<boolean>;
}

/** A step made and what the loss's gradient changed by: curvature, whatever the penalty. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** The same change for the penalised objective: `change + l2 · step`. */
  readonly y: Float64Array;
  /** step · y, above 0. */
  curvature: number;
}

/** Pairs remembered: Liu and Nocedal found 3 to 20 to do alike. */
const MEMORY = 12;
/** How many vectors of the weights' length a descent takes. */
export const DESCENT_VECTORS = 6 + 3 * (MEMORY + 1);
const MAX_ITERATIONS = 500;
/** Armijo's and Wolfe's constants, the usual ones for quasi-Newton steps. */
const SUFFICIENT = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 30;

/**
 * How far above its minimum, relative to its value, the objective may end at most. With a penalty
 * of strength λ on all weights, `F − F* ≤ ‖∇F‖² / 2λ` (strong convexity), which can be checked.
 * Biases are free and have the loss's own curvature instead, which is less than a strong penalty's:
 * so λ counts as {@link MOST_CURVATURE} at most, and the bound must be met twice over.
 */
export const RELATIVE_GAP = 1e-4;
const MARGIN = 2;
const MOST_CURVATURE = 0.03;
/** Stands for λ in that bound where the penalty is weaker, or none. */
const LEAST_CURVATURE = 1e-4;

/**
 * L-BFGS (J. Nocedal 1980; D. Liu and J. Nocedal 1989) with a line search by bisection that ends
 * in a weak Wolfe point (A. Lewis and M. Overton 2013).
 *
 * Pairs are kept without the penalty's share, which is known: `y = change + l2 · step` holds at
 * any strength, so that along a path of strengths nothing that was learned is lost.
 *
 * @param space {@link DESCENT_VECTORS} vectors; the first one holds the weights to start from.
 * @param firstCurvature about the loss's curvature, for the length of the very first step.
 */
export async function createDescent(
  objective: Objective,
  vectors: Vectors,
  space: readonly Float64Array[],
  firstCurvature: number,
): Promise<Descent> {
  const penalty = createPenalty(vectors, objective.free);
  const [slope, direction] = [at(space, 4), at(space, 5)];
  let spare: readonly Pair[] = Array.from({ length: MEMORY + 1 }, (_, index) => {
    const [step, change, y] = space.slice(6 + 3 * index) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return { step, change, y, curvature: 0 };
  });
  let pairs: readonly Pair[] = [];
  let point = await pointAt(objective, at(space, 0), at(space, 1));
  let free = { weights: at(space, 2), gradient: at(space, 3) };

  const complete = (pair: Pair, l2: number) => {
    penalty.addSlope(pair.y, pair.change, pair.step, l2);
    pair.curvature = vectors.dot(pair.step, pair.y);
  };
  /** Leaves out a step along which rounding made curvature vanish or turn: it would lead uphill. */
  const remember = (from: Point, to: Point, l2: number): void => {
    const pair = at(spare, spare.length - 1);
    setDifference(vectors, pair.step, to.weights, from.weights);
    setDifference(vectors, pair.change, to.gradient, from.gradient);
    if (vectors.dot(pair.step, pair.change) <= 1e-12 * vectors.dot(pair.step, pair.step)) return;
    complete(pair, l2);
    pairs = [...pairs, pair];
    spare = [...spare.slice(0, -1), ...pairs.slice(0, -MEMORY)];
    pairs = pairs.slice(-MEMORY);
  };

  return {
    get point() {
      return point;
    },
    minimise: async (l2, onIteration) => {
      for (const pair of pairs) complete(pair, l2);
      for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
        penalty.addSlope(slope, point.gradient, point.weights, l2);
        const value = point.loss + penalty.of(point.weights, l2);
        if (vectors.dot(slope, slope) <= largestSquare(value, l2)) return true;
        setDirection(vectors, direction, slope, pairs, 1 / (firstCurvature + l2));
        const ray = { point, value, direction, descent: vectors.dot(slope, direction), l2 };
        const next = await searchLine(objective, vectors, penalty, ray, free);
        // Single precision resolves no lower point: this is the minimum as far as can be told.
        if (next === null) return true;
        remember(point, next, l2);
        [point, free] = [next, point];
        if (!(await onIteration())) return false;
      }
      return false;
    },
  };
}

function largestSquare(value: number, l2: number): number {
  const curvature = Math.min(Math.max(l2, LEAST_CURVATURE), MOST_CURVATURE);
  return (2 * curvature * RELATIVE_GAP * value) / MARGIN;
}

interface Penalty {
  of(weights: Float64Array, l2: number): number;
  /** Its derivative at `weights` along `direction`. */
  along(direction: Float64Array, weights: Float64Array, l2: number): number;
  /** `target = gradient + the penalty's gradient at weights` */
  addSlope(target: Float64Array, gradient: Float64Array, weights: Float64Array, l2: number): void;
}

function createPenalty(vectors: Vectors, free: readonly number[]): Penalty {
  const along: Penalty['along'] = (direction, weights, l2) => {
    let product = vectors.dot(direction, weights);
    for (const index of free) product -= at(direction, index) * at(weights, index);
    return l2 * product;
  };
  return {
    along,
    of: (weights, l2) => along(weights, weights, l2) / 2,
    addSlope: (target, gradient, weights, l2) => {
      target.set(gradient);
      vectors.addScaled(target, weights, l2);
      for (const index of free) target[index] = at(gradient, index);
    },
  };
}

async function pointAt(
  objective: Objective,
  weights: Float64Array,
  gradient: Float64Array,
): Promise<Point> {
  return { weights, gradient, loss: await objective.loss(weights, gradient) };
}

/** −H · slope, by the two loops over the remembered pairs. */
function setDirection(
  vectors: Vectors,
  direction: Float64Array,
  slope: Float64Array,
  pairs: readonly Pair[],
  firstInverse: number,
): void {
  direction.fill(0);
  vectors.addScaled(direction, slope, -1);
  const shares: number[] = [];
  for (const { step, y, curvature } of pairs.toReversed()) {
    const share = vectors.dot(step, direction) / curvature;
    shares.push(share);
    vectors.addScaled(direction, y, -share);
  }
  const last = pairs.at(-1);
  const inverse = last ? last.curvature / vectors.dot(last.y, last.y) : firstInverse;
  vectors.addScaled(direction, direction, inverse - 1);
  for (const { step, y, curvature } of pairs)
    vectors.addScaled(direction, step, (shares.pop() ?? 0) - vectors.dot(y, direction) / curvature);
}

interface Ray {
  readonly point: Point;
  /** The penalised objective there. */
  readonly value: number;
  readonly direction: Float64Array;
  /** Its derivative along the direction. */
  readonly descent: number;
  readonly l2: number;
}

/**
 * @param space where the new point is made.
 * @returns a point that is lower and past the steep part; null where none can be found.
 */
async function searchLine(
  objective: Objective,
  vectors: Vectors,
  penalty: Penalty,
  { point, value, direction, descent, l2 }: Ray,
  space: Pick<Point, 'weights' | 'gradient'>,
): Promise<Point | null> {
  if (!(descent < 0)) return null;
  let [low, high, length] = [0, Infinity, 1];
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    space.weights.set(point.weights);
    vectors.addScaled(space.weights, direction, length);
    const next = await pointAt(objective, space.weights, space.gradient);
    const slopeThere =
      vectors.dot(next.gradient, direction) + penalty.along(direction, next.weights, l2);
    const there = next.loss + penalty.of(next.weights, l2);
    if (!(there <= value + SUFFICIENT * length * descent)) high = length;
    else if (slopeThere < CURVATURE * descent) low = length;
    else return next;
    length = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
  }
  return null;
}

function setDifference(
  vectors: Vectors,
  target: Float64Array,
  a: Float64Array,
  b: Float64Array,
): void {
  target.set(a);
  vectors.addScaled(target, b, -1);
}
