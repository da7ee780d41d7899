import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../core/at.ts';
import type { FitOptions } from '../../core/options.ts';
import type { Random } from '../../core/random.ts';
import { balanceClasses, type FitSet } from './fit-set.ts';
import { backward, createLayers, drawMasks, forward, lossOf, type Batch } from './layers.ts';
import { createOptimizer } from './optimizer.ts';

/** What one epoch came to; sums over rows. */
export interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly validationLoss: number;
  readonly validationCorrect: number;
  /** Largest absolute kernel value. */
  readonly largestWeight: number;
}

/** Everything of a fit that lies on the device: data, weights, optimizer, sums. */
export interface FitState {
  /** One step of gradient descent on these rows. */
  step(rows: Int32Array, learningRate: number, random: Random): void;
  /** Judges the validation part and starts new sums. @returns {@link EpochSums} in order, [5]. */
  endEpoch(): tf.Tensor1D;
  /** Remembers the weights as they are, in place of those remembered before. */
  keepWeights(): void;
  /** The remembered weights; they stay this object's. */
  keptWeights(): readonly { readonly kernel: tf.Tensor; readonly bias: tf.Tensor }[];
  dispose(): void;
}

/** Validation rows judged at once. */
const ROWS_AT_ONCE = 1024;

/** @param features standardised, row-major [count, embeddingLength]. */
export function createFitState(
  set: FitSet,
  options: FitOptions,
  features: Float32Array<ArrayBuffer>,
): FitState {
  const { embeddingLength, classIds, validationRows } = set;
  const data = uploadData(set, options, features);
  const layers = createLayers(
    [embeddingLength, ...options.hiddenUnits, classIds.length],
    options.seed,
  );
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias] as tf.Variable[]);
  const optimizer = createOptimizer(options, variables);
  const sums = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([2])));
  let kept: { kernel: tf.Tensor; bias: tf.Tensor }[] = [];

  const judge = (rows: Int32Array): tf.Tensor1D =>
    tf.tidy(() => {
      const batch = gatherBatch(data, rows);
      const { loss, correct } = lossOf(
        options.loss,
        forward(layers, batch.features, null).logits,
        batch,
      );
      return tf.stack([loss, correct]) as tf.Tensor1D;
    });

  return {
    step: (rows, learningRate, random) => {
      tf.tidy(() => {
        const batch = gatherBatch(data, rows);
        const masks = drawMasks(layers, rows.length, options.dropout, random);
        const { inputs, logits } = forward(layers, batch.features, masks);
        const { loss, correct, gradient } = lossOf(options.loss, logits, batch);
        const gradients = backward(layers, inputs, gradient, masks, options.l2);
        optimizer.apply(gradients, learningRate);
        sums.assign(tf.add(sums, tf.stack([loss, correct])));
      });
    },
    endEpoch: () =>
      tf.tidy(() => {
        let validation = tf.zeros<tf.Rank.R1>([2]);
        for (let row = 0; row < validationRows.length; row += ROWS_AT_ONCE) {
          validation = tf.add(validation, judge(validationRows.slice(row, row + ROWS_AT_ONCE)));
        }
        const largest = layers.map(({ kernel }) => tf.max(tf.abs(kernel)));
        const epoch = tf.concat1d([sums, validation, tf.reshape(tf.max(tf.stack(largest)), [1])]);
        sums.assign(tf.zeros([2]));
        return epoch;
      }),
    keepWeights: () => {
      tf.dispose(kept);
      kept = layers.map(({ kernel, bias }) => ({ kernel: kernel.clone(), bias: bias.clone() }));
    },
    keptWeights: () => kept,
    dispose: () => {
      optimizer.dispose();
      tf.dispose([...variables, sums, data.features, data.targets, data.weights]);
      tf.dispose(kept);
    },
  };
}

/** All rows of the set on the device, to gather batches from. */
function uploadData(
  set: FitSet,
  { labelSmoothing, balancedClassWeights }: FitOptions,
  features: Float32Array<ArrayBuffer>,
): Batch {
  const { embeddingLength, classes, classIds } = set;
  const count = classes.length;
  const classCount = classIds.length;
  const targets = new Float32Array(count * classCount).fill(labelSmoothing / classCount);
  classes.forEach((wanted, row) => {
    const index = row * classCount + wanted;
    targets[index] = at(targets, index) + 1 - labelSmoothing;
  });
  const ofClass = balancedClassWeights ? balanceClasses(set) : null;
  const weights = Float32Array.from(classes, (wanted) => ofClass?.[wanted] ?? 1);
  return {
    features: tf.tensor2d(features, [count, embeddingLength]),
    targets: tf.tensor2d(targets, [count, classCount]),
    weights: tf.tensor2d(weights, [count, 1]),
  };
}

function gatherBatch({ features, targets, weights }: Batch, rows: Int32Array): Batch {
  const indices = tf.tensor1d(rows, 'int32');
  return {
    features: tf.gather(features, indices),
    targets: tf.gather(targets, indices),
    weights: tf.gather(weights, indices),
  };
}
