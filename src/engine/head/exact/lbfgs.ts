/** A strictly convex sum of a smooth loss and a quadratic penalty `l2 / 2 · Σ penalised · w²`. */
export interface Objective {
  /** The loss without the penalty; its gradient is written into `gradient`. */
  loss(weights: Float64Array, gradient: Float64Array): Promise<number>;
  /** 1 where a weight is penalised, 0 where it is free (the biases). */
  readonly penalised: Float64Array;
}

/** Where the descent stands. */
export interface Point {
  readonly weights: Float64Array;
  /** Of the loss alone. */
  readonly gradient: Float64Array;
  readonly loss: number;
}

/** A step made and what the loss's gradient changed by: curvature, whatever the penalty. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

/** The same for the penalised objective: `y = change + l2 · step`. */
interface WholePair {
  readonly step: Float64Array;
  readonly y: Float64Array;
  /** step · y, above 0. */
  readonly curvature: number;
}

export interface DescentEnd {
  readonly point: Point;
  /** False where the iterations ran out, or `onIteration` ended it. */
  readonly converged: boolean;
}

export interface Descent {
  /**
   * Goes down to the minimum at one strength of the penalty.
   *
   * @param onIteration after each step; false ends it there.
   */
  minimise(
    start: Point,
    l2: number,
    onIteration: (point: Point) => Promise<boolean>,
  ): Promise<DescentEnd>;
}

/** Pairs remembered: Liu and Nocedal found 3 to 20 to do alike. */
const MEMORY = 12;
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
 * @param firstCurvature about the loss's curvature, for the length of the very first step.
 */
export function createDescent(objective: Objective, firstCurvature: number): Descent {
  const { penalised } = objective;
  let pairs: readonly Pair[] = [];

  /** @returns the pair, or null where rounding made curvature vanish or turn: it would lead uphill. */
  const remember = (from: Point, to: Point): Pair | null => {
    const step = minus(to.weights, from.weights);
    const change = minus(to.gradient, from.gradient);
    if (dot(step, change) <= 1e-12 * dot(step, step)) return null;
    const pair = { step, change };
    pairs = [...pairs, pair].slice(-MEMORY);
    return pair;
  };
  const complete = ({ step, change }: Pair, l2: number): WholePair => {
    const y = slopeOf({ gradient: change, weights: step }, l2, penalised);
    return { step, y, curvature: dot(step, y) };
  };

  return {
    minimise: async (start, l2, onIteration) => {
      let point = start;
      let whole = pairs.map((pair) => complete(pair, l2));
      for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
        const slope = slopeOf(point, l2, penalised);
        const value = valueOf(point, l2, penalised);
        if (dot(slope, slope) <= largestSquare(value, l2)) return { point, converged: true };
        const direction = directionOf(whole, slope, 1 / (firstCurvature + l2));
        const next = await searchLine(objective, point, direction, l2);
        // Single precision resolves no lower point: this is the minimum as far as can be told.
        if (next === null) return { point, converged: true };
        const pair = remember(point, next);
        if (pair !== null) whole = [...whole, complete(pair, l2)].slice(-MEMORY);
        point = next;
        if (!(await onIteration(point))) return { point, converged: false };
      }
      return { point, converged: false };
    },
  };
}

function largestSquare(value: number, l2: number): number {
  const curvature = Math.min(Math.max(l2, LEAST_CURVATURE), MOST_CURVATURE);
  return (2 * curvature * RELATIVE_GAP * value) / MARGIN;
}

/** The penalised objective. */
export function valueOf({ loss, weights }: Point, l2: number, penalised: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) squares += (penalised[i] ?? 0) * (weights[i] ?? 0) ** 2;
  return loss + (l2 / 2) * squares;
}

/** The penalised objective's gradient. */
export function slopeOf(
  { gradient, weights }: Pick<Point, 'gradient' | 'weights'>,
  l2: number,
  penalised: Float64Array,
): Float64Array {
  const slope = gradient.slice();
  for (let i = 0; i < slope.length; i++)
    slope[i] = (slope[i] ?? 0) + l2 * (penalised[i] ?? 0) * (weights[i] ?? 0);
  return slope;
}

/** −H · slope, by the two loops over the remembered pairs. */
function directionOf(
  pairs: readonly WholePair[],
  slope: Float64Array,
  firstInverse: number,
): Float64Array {
  const direction = new Float64Array(slope.length);
  addTo(direction, slope, -1);
  const shares: number[] = [];
  for (const { step, y, curvature } of pairs.toReversed()) {
    const share = dot(step, direction) / curvature;
    shares.push(share);
    addTo(direction, y, -share);
  }
  const last = pairs.at(-1);
  const inverse = last ? last.curvature / dot(last.y, last.y) : firstInverse;
  addTo(direction, direction, inverse - 1);
  for (const { step, y, curvature } of pairs) {
    const share = (shares.pop() ?? 0) - dot(y, direction) / curvature;
    addTo(direction, step, share);
  }
  return direction;
}

/** @returns a point that is lower and past the steep part; null where none can be found. */
async function searchLine(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  l2: number,
): Promise<Point | null> {
  const { penalised } = objective;
  const before = valueOf(from, l2, penalised);
  const descent = dot(slopeOf(from, l2, penalised), direction);
  if (!(descent < 0)) return null;
  let [low, high, length] = [0, Infinity, 1];
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const weights = from.weights.slice();
    addTo(weights, direction, length);
    const gradient = new Float64Array(weights.length);
    const point = { weights, gradient, loss: await objective.loss(weights, gradient) };
    if (!(valueOf(point, l2, penalised) <= before + SUFFICIENT * length * descent)) high = length;
    else if (dot(slopeOf(point, l2, penalised), direction) < CURVATURE * descent) low = length;
    else return point;
    length = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
  }
  return null;
}

// The loops below run over all weights many times an iteration: no call of `at` for each number.

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  const difference = a.slice();
  addTo(difference, b, -1);
  return difference;
}

function addTo(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + factor * (values[i] ?? 0);
}
