import { expect, test } from 'vitest';
import { at } from '../../../core/at.ts';
import { createRandom } from '../../../core/random.ts';
import { createDescent, DESCENT_VECTORS, type Descent, type Objective } from './lbfgs.ts';
import { createTypedArrays } from './linear-algebra.ts';

const COUNT = 60;
const goOn = () => Promise.resolve(true);

/** ½ Σ curvature · (w − target)², with curvatures from 10⁻⁴ to 10²; the last weight is free. */
function quadratic() {
  const random = createRandom(3);
  const target = Float64Array.from({ length: COUNT }, () => random.normal());
  const curvature = target.map((_, i) => 10 ** (2 - (6 * i) / COUNT));
  const penalised = target.map((_, i) => (i === COUNT - 1 ? 0 : 1));
  let evaluations = 0;
  const loss = (weights: Float64Array) =>
    weights.reduce(
      (sum, weight, i) => sum + (at(curvature, i) / 2) * (weight - at(target, i)) ** 2,
      1,
    );
  const objective: Objective = {
    free: [COUNT - 1],
    loss: (weights, gradient) => {
      evaluations++;
      weights.forEach((weight, i) => {
        gradient[i] = at(curvature, i) * (weight - at(target, i));
      });
      return Promise.resolve(loss(weights));
    },
  };
  const value = (weights: Float64Array, l2: number) =>
    weights.reduce(
      (sum, weight, i) => sum + (l2 / 2) * at(penalised, i) * weight ** 2,
      loss(weights),
    );
  const slope = (weights: Float64Array, l2: number) =>
    weights.map(
      (weight, i) => at(curvature, i) * (weight - at(target, i)) + l2 * at(penalised, i) * weight,
    );
  const optimum = (l2: number) =>
    target.map((one, i) => (at(curvature, i) * one) / (at(curvature, i) + l2 * at(penalised, i)));
  return { objective, value, slope, optimum, evaluations: () => evaluations };
}

/** From zeros. */
function descend(objective: Objective): Promise<Descent> {
  const algebra = createTypedArrays();
  const lengths = new Array<number>(DESCENT_VECTORS).fill(COUNT);
  const { vectors } = algebra.allocate({ matrices: [], vectors: lengths });
  return createDescent(objective, algebra, vectors, 1);
}

test('ends where the slope is as small as it promises, within the gap that follows from it', async () => {
  const { objective, value, slope, optimum } = quadratic();
  for (const l2 of [1, 0.1, 0.01]) {
    const descent = await descend(objective);
    expect(await descent.minimise(l2, goOn)).toBe(true);
    const { weights } = descent.point;
    const square = slope(weights, l2).reduce((sum, one) => sum + one * one, 0);
    expect(square).toBeLessThanOrEqual(1e-4 * Math.min(l2, 0.03) * value(weights, l2));
    const gap = value(weights, l2) - value(optimum(l2), l2);
    expect(gap).toBeLessThan(1e-4 * value(weights, l2));
  }
});

test('what was learned at one strength helps at the next', async () => {
  const goDown = async (afresh: boolean) => {
    const { objective, evaluations } = quadratic();
    let descent = await descend(objective);
    for (const l2 of [1, 0.5, 0.25, 0.1]) {
      if (afresh) descent = await restart(objective, descent);
      await descent.minimise(l2, goOn);
    }
    return evaluations();
  };
  expect(await goDown(false)).toBeLessThan(await goDown(true));
});

/** At the same point, with nothing remembered. */
function restart(objective: Objective, { point }: Descent): Promise<Descent> {
  const space = Array.from({ length: DESCENT_VECTORS }, () => new Float64Array(COUNT));
  at(space, 0).set(point.weights);
  return createDescent(objective, createTypedArrays(), space, 1);
}

test('ends when it is told to, with a point lower than before', async () => {
  const { objective, value } = quadratic();
  const descent = await descend(objective);
  const before = value(descent.point.weights, 0.1);
  let iterations = 0;
  const converged = await descent.minimise(0.1, () => {
    iterations++;
    return Promise.resolve(iterations < 3);
  });
  expect({ iterations, converged }).toEqual({ iterations: 3, converged: false });
  expect(value(descent.point.weights, 0.1)).toBeLessThan(before);
});
