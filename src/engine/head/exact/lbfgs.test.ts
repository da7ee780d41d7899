import { expect, test } from 'vitest';
import { at } from '../../../core/at.ts';
import { createRandom } from '../../../core/random.ts';
import { createDescent, slopeOf, valueOf, type Objective, type Point } from './lbfgs.ts';

const COUNT = 60;

/** ½ Σ curvature · (w − target)², with curvatures from 10⁻⁴ to 10²; the last weight is free. */
function quadratic() {
  const random = createRandom(3);
  const target = Float64Array.from({ length: COUNT }, () => random.normal());
  const curvature = target.map((_, i) => 10 ** (2 - (6 * i) / COUNT));
  const penalised = target.map((_, i) => (i === COUNT - 1 ? 0 : 1));
  let evaluations = 0;
  const objective: Objective = {
    penalised,
    loss: (weights, gradient) => {
      evaluations++;
      let loss = 1;
      weights.forEach((weight, i) => {
        gradient[i] = at(curvature, i) * (weight - at(target, i));
        loss += (at(curvature, i) / 2) * (weight - at(target, i)) ** 2;
      });
      return Promise.resolve(loss);
    },
  };
  const optimum = (l2: number) =>
    target.map(
      (value, i) => (at(curvature, i) * value) / (at(curvature, i) + l2 * at(penalised, i)),
    );
  return { objective, optimum, evaluations: () => evaluations };
}

async function zero(objective: Objective): Promise<Point> {
  const weights = new Float64Array(COUNT);
  const gradient = new Float64Array(COUNT);
  return { weights, gradient, loss: await objective.loss(weights, gradient) };
}

test('ends where the slope is as small as it promises, within the gap that follows from it', async () => {
  const { objective, optimum } = quadratic();
  for (const l2 of [1, 0.1, 0.01]) {
    const descent = createDescent(objective, 1);
    const end = await descent.minimise(await zero(objective), l2, () => Promise.resolve(true));
    expect(end.converged).toBe(true);
    const slope = slopeOf(end.point, l2, objective.penalised);
    const value = valueOf(end.point, l2, objective.penalised);
    const square = slope.reduce((sum, one) => sum + one * one, 0);
    expect(square).toBeLessThanOrEqual(1e-4 * Math.min(l2, 0.03) * value);
    const best = optimum(l2);
    const least = valueOf(
      { weights: best, gradient: best, loss: await objective.loss(best, new Float64Array(COUNT)) },
      l2,
      objective.penalised,
    );
    expect(value - least).toBeLessThan(1e-4 * value);
  }
});

test('what was learned at one strength helps at the next', async () => {
  const goDown = async (afresh: boolean) => {
    const { objective, evaluations } = quadratic();
    let descent = createDescent(objective, 1);
    let point = await zero(objective);
    for (const l2 of [1, 0.5, 0.25, 0.1]) {
      if (afresh) descent = createDescent(objective, 1);
      ({ point } = await descent.minimise(point, l2, () => Promise.resolve(true)));
    }
    return evaluations();
  };
  expect(await goDown(false)).toBeLessThan(await goDown(true));
});

test('ends when it is told to, with a point lower than before', async () => {
  const { objective } = quadratic();
  const start = await zero(objective);
  let iterations = 0;
  const end = await createDescent(objective, 1).minimise(start, 0.1, () => {
    iterations++;
    return Promise.resolve(iterations < 3);
  });
  expect({ iterations, converged: end.converged }).toEqual({ iterations: 3, converged: false });
  expect(valueOf(end.point, 0.1, objective.penalised)).toBeLessThan(start.loss);
});
