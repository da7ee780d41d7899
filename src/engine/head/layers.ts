import * as tf from '@tensorflow/tfjs-core';
import type { LossName } from '../../core/options.ts';
import { createRandom, type Random } from '../../core/random.ts';

/** A dense layer's weights on the device. */
export interface LayerVariables {
  /** [inputs, units] */
  readonly kernel: tf.Variable<tf.Rank.R2>;
  /** [units] */
  readonly bias: tf.Variable<tf.Rank.R1>;
}

/** What goes through the head in one step. */
export interface Batch {
  /** [rows, inputs], standardised. */
  readonly features: tf.Tensor2D;
  /** [rows, classes], each row summing to 1. */
  readonly targets: tf.Tensor2D;
  /** Of each row, [rows, 1]. */
  readonly weights: tf.Tensor2D;
}

/** Sums over a batch. */
export interface BatchLoss {
  /** Weighted loss, scalar. */
  readonly loss: tf.Scalar;
  /** Right answers, scalar. */
  readonly correct: tf.Scalar;
}

/**
 * Initial weights. A single layer starts at zero, where its loss is convex
 * and few pictures need not first undo noise; hidden layers need their
 * symmetry broken: Glorot's uniform, ±√(6 / (inputs + units)), from our own
 * generator, because TF.js's draws differ from backend to backend.
 */
export function createLayers(sizes: readonly number[], seed: number): LayerVariables[] {
  const random = createRandom(seed);
  const isSingle = sizes.length === 2;
  return sizes.slice(1).map((units, index) => {
    const inputs = sizes[index] ?? 0;
    const limit = isSingle ? 0 : Math.sqrt(6 / (inputs + units));
    const kernel = Float32Array.from(
      { length: inputs * units },
      () => (2 * random.next() - 1) * limit,
    );
    return {
      kernel: tf.tidy(() => tf.variable(tf.tensor2d(kernel, [inputs, units]))),
      bias: tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([units]))),
    };
  });
}

/**
 * Masks for the hidden layers' outputs: zero for a unit left out, `1 / (1 − rate)`
 * for one that stays, so that nothing has to be scaled when answering.
 */
export function drawMasks(
  layers: readonly LayerVariables[],
  rows: number,
  rate: number,
  random: Random,
): tf.Tensor2D[] | null {
  if (rate === 0) return null;
  return layers.slice(0, -1).map(({ bias }) => {
    const [units] = bias.shape;
    const mask = Float32Array.from({ length: rows * units }, () =>
      random.next() < rate ? 0 : 1 / (1 - rate),
    );
    return tf.tensor2d(mask, [rows, units]);
  });
}

/** @returns the input of each layer, then the logits of the last. */
export function forward(
  layers: readonly LayerVariables[],
  features: tf.Tensor2D,
  masks: readonly tf.Tensor2D[] | null,
): { inputs: tf.Tensor2D[]; logits: tf.Tensor2D } {
  const inputs: tf.Tensor2D[] = [];
  let current = features;
  for (const [index, { kernel, bias }] of layers.entries()) {
    inputs.push(current);
    const sums: tf.Tensor2D = tf.add(tf.matMul(current, kernel), bias);
    if (index === layers.length - 1) return { inputs, logits: sums };
    const active = tf.relu(sums);
    const mask = masks?.[index];
    current = mask === undefined ? active : tf.mul(active, mask);
  }
  return { inputs, logits: current };
}

/**
 * Loss and its gradient at the logits, by hand: fewer kernels than a tape would
 * launch, on every backend the same ones.
 *
 * - cross-entropy: `−Σ t · log p`, gradient `p − t` (targets sum to 1);
 * - mean squared error of the softmax: `mean (p − t)²`, gradient
 *   `p · (g − Σ g · p)` with `g = 2 (p − t) / classes`.
 *
 * The gradient is of the mean over the batch, weighted.
 */
export function lossOf(
  name: LossName,
  logits: tf.Tensor2D,
  { targets, weights }: Batch,
): BatchLoss & { gradient: tf.Tensor2D } {
  const [rows, classes] = logits.shape;
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const exponentials = tf.exp(shifted);
  const total = tf.sum(exponentials, 1, true);
  const probabilities: tf.Tensor2D = tf.div(exponentials, total);
  const error: tf.Tensor2D = tf.sub(probabilities, targets);
  const right = tf.equal(tf.argMax(logits, 1), tf.argMax(targets, 1));
  const correct: tf.Scalar = tf.sum(tf.cast(right, 'float32'));
  const share = tf.div(weights, rows);
  if (name === 'cross-entropy') {
    const each = tf.sub(tf.log(total), tf.sum(tf.mul(targets, shifted), 1, true));
    return { loss: tf.sum(tf.mul(each, weights)), correct, gradient: tf.mul(error, share) };
  }
  const each = tf.mean(tf.square(error), 1, true);
  const outer = tf.mul(error, 2 / classes);
  const inner = tf.sum(tf.mul(outer, probabilities), 1, true);
  const gradient: tf.Tensor2D = tf.mul(tf.mul(probabilities, tf.sub(outer, inner)), share);
  return { loss: tf.sum(tf.mul(each, weights)), correct, gradient };
}

/**
 * Backpropagation from the gradient at the logits, with the penalty
 * `l2 / 2 · ‖kernel‖²` on every kernel.
 *
 * @returns kernel and bias gradients, layer by layer.
 */
export function backward(
  layers: readonly LayerVariables[],
  inputs: readonly tf.Tensor2D[],
  atLogits: tf.Tensor2D,
  masks: readonly tf.Tensor2D[] | null,
  l2: number,
): tf.Tensor[] {
  const gradients: tf.Tensor[] = [];
  let current = atLogits;
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index];
    const input = inputs[index];
    if (layer === undefined || input === undefined) throw new RangeError('a layer without input');
    const kernel = tf.matMul(input, current, true, false);
    const penalised = l2 === 0 ? kernel : tf.add(kernel, tf.mul(layer.kernel, l2));
    gradients.unshift(penalised, tf.sum(current, 0));
    if (index === 0) break;
    const passed = tf.matMul(current, layer.kernel, false, true);
    // An input is zero where its unit wasn't active or was left out; the mask's scale remains.
    const open = tf.cast(tf.greater(input, 0), 'float32');
    const mask = masks?.[index - 1];
    const through = mask === undefined ? open : tf.mul(open, mask);
    current = tf.mul(passed, through);
  }
  return gradients;
}
