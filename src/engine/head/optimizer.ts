import * as tf from '@tensorflow/tfjs-core';
import type { FitOptions } from '../../core/options.ts';

/**
 * Gradient descent whose rate changes from step to step; TF.js's own Adam has
 * no way to set it.
 */
export interface Optimizer {
  /** Changes the variables in place. Call within `tf.tidy`. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  dispose(): void;
}

export function createOptimizer(
  options: Pick<FitOptions, 'optimizer' | 'momentum'>,
  variables: readonly tf.Variable[],
): Optimizer {
  return options.optimizer === 'adam'
    ? createAdam(variables)
    : createSgd(variables, options.momentum);
}

const BETA1 = 0.9;
const BETA2 = 0.999;
/** What TF.js and Keras use in single precision. */
const EPSILON = 1e-7;

/** D. Kingma and J. Ba, "Adam" (2015), algorithm 1. */
function createAdam(variables: readonly tf.Variable[]): Optimizer {
  const states = variables.map((variable) => ({
    variable,
    mean: zerosLike(variable),
    square: zerosLike(variable),
  }));
  let step = 0;
  return {
    apply: (gradients, learningRate) => {
      step++;
      const meanCorrection = 1 / (1 - BETA1 ** step);
      const squareCorrection = 1 / (1 - BETA2 ** step);
      for (const [index, { variable, mean, square }] of states.entries()) {
        const gradient = gradients[index];
        if (gradient === undefined) throw new RangeError('a variable without gradient');
        mean.assign(tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1)));
        square.assign(tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
        const spread = tf.add(tf.sqrt(tf.mul(square, squareCorrection)), EPSILON);
        const direction = tf.div(mean, spread);
        variable.assign(tf.sub(variable, tf.mul(direction, learningRate * meanCorrection)));
      }
    },
    dispose: () => {
      for (const { mean, square } of states) tf.dispose([mean, square]);
    },
  };
}

/** Classical momentum: `u ← μ · u + g`, `w ← w − rate · u`. */
function createSgd(variables: readonly tf.Variable[], momentum: number): Optimizer {
  const states = variables.map((variable) => ({ variable, velocity: zerosLike(variable) }));
  return {
    apply: (gradients, learningRate) => {
      for (const [index, { variable, velocity }] of states.entries()) {
        const gradient = gradients[index];
        if (gradient === undefined) throw new RangeError('a variable without gradient');
        velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
        variable.assign(tf.sub(variable, tf.mul(velocity, learningRate)));
      }
    },
    dispose: () => {
      for (const { velocity } of states) velocity.dispose();
    },
  };
}

function zerosLike(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(variable)));
}
