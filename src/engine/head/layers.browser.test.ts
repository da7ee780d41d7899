import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LossName } from '../../core/options.ts';
import { createRandom } from '../../core/random.ts';
import { bringUp, probeMachine } from '../device/bring-up.ts';
import { backward, createLayers, drawMasks, forward, lossOf, type Batch } from './layers.ts';

const ROWS = 6;
const L2 = 0.3;
const STEP = 1e-2;

function drawBatch(): Batch {
  return {
    features: tf.randomNormal([ROWS, 5], 0, 1, 'float32', 3),
    targets: tf.softmax(tf.randomNormal<tf.Rank.R2>([ROWS, 4], 0, 1, 'float32', 4)),
    weights: tf.randomUniform([ROWS, 1], 0.5, 2, 'float32', 5),
  };
}

/** What descent goes down: mean loss and penalty, as a number. */
function createProblem(name: LossName, sizes: readonly number[], dropout: number) {
  const layers = createLayers(sizes, 1);
  // A single layer starts at zero, where errors could hide.
  for (const { kernel } of layers) {
    kernel.assign(tf.randomNormal(kernel.shape, 0, 1, 'float32', 6));
  }
  const batch = drawBatch();
  const masks = drawMasks(layers, ROWS, dropout, createRandom(2));
  const objective = () => {
    const { logits } = forward(layers, batch.features, masks);
    const loss = tf.div(lossOf(name, logits, batch).loss, ROWS);
    const squares = layers.map(({ kernel }) => tf.sum(tf.square(kernel)));
    return tf.add(loss, tf.mul(tf.addN(squares), L2 / 2)).dataSync()[0] ?? NaN;
  };
  const gradients = () => {
    const { inputs, logits } = forward(layers, batch.features, masks);
    return backward(layers, inputs, lossOf(name, logits, batch).gradient, masks, L2);
  };
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias] as tf.Variable[]);
  return { variables, objective, gradients };
}

/** The slope of the objective along one number of one variable, by two evaluations. */
function slopeOf(variable: tf.Variable, index: number, objective: () => number): number {
  const values = variable.dataSync();
  const evaluateAt = (change: number) => {
    const moved = values.slice();
    moved[index] = (moved[index] ?? 0) + change;
    variable.assign(tf.tensor(moved, variable.shape));
    return objective();
  };
  const slope = (evaluateAt(STEP) - evaluateAt(-STEP)) / (2 * STEP);
  variable.assign(tf.tensor(values, variable.shape));
  return slope;
}

describe('the gradient by hand', () => {
  beforeAll(async () => {
    await bringUp('cpu', await probeMachine());
  });

  it.each([
    { loss: 'cross-entropy', sizes: [5, 4], dropout: 0 },
    { loss: 'cross-entropy', sizes: [5, 7, 4], dropout: 0 },
    { loss: 'cross-entropy', sizes: [5, 7, 6, 4], dropout: 0.4 },
    { loss: 'mean-squared-error', sizes: [5, 4], dropout: 0 },
    { loss: 'mean-squared-error', sizes: [5, 7, 6, 4], dropout: 0.4 },
  ] as const)(
    'is the slope of the loss: $loss, sizes $sizes, dropout $dropout',
    ({ loss, sizes, dropout }) => {
      tf.engine().startScope();
      const { variables, objective, gradients } = createProblem(loss, sizes, dropout);
      for (const [index, gradient] of gradients().entries()) {
        const variable = variables[index];
        if (variable === undefined) throw new RangeError('more gradients than variables');
        const slopes = Array.from({ length: variable.size }, (_, i) =>
          slopeOf(variable, i, objective),
        );
        const difference = tf.max(tf.abs(tf.sub(tf.reshape(gradient, [-1]), slopes)));
        expect(difference.dataSync()[0]).toBeLessThan(2e-3);
      }
      tf.engine().endScope();
      tf.dispose(variables);
    },
  );
});
