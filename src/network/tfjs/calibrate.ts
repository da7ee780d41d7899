import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../core/at.ts';
import type { Network, Step, StepStatistics } from '../network.ts';
import { createTfjsNetwork } from './tfjs-network.ts';

/** What a step has given so far. */
interface Seen {
  min: number;
  max: number;
  /** Of its channels' means, over the pictures. */
  readonly sums: Float64Array;
}

/**
 * What each step of a network gave to typical inputs: what eight bits have to cover, and are to
 * answer rightly on average.
 *
 * @param inputs one picture each: [height, width, channels] as the network's input takes them.
 * @returns one for each step, in their order.
 * @throws RangeError where there are no inputs.
 */
export async function calibrate(
  { steps }: Network,
  inputs: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
): Promise<readonly StepStatistics[]> {
  const { shape } = at(steps, 0);
  const seen = steps.map((step): Seen => {
    const channels = at(step.shape, step.shape.length - 1);
    return { min: Infinity, max: -Infinity, sums: new Float64Array(channels) };
  });
  const means: tf.Tensor1D[] = [];
  const extremes: tf.Tensor1D[] = [];
  const looked: Seen[] = [];
  const runner = createTfjsNetwork({ steps }, (output, index) => {
    means.push(tf.keep(channelMeans(output)));
    const own = at(seen, index);
    if (isWhole(at(steps, index), own)) return;
    looked.push(own);
    extremes.push(tf.keep(tf.stack([tf.min(output), tf.max(output)]) as tf.Tensor1D));
  });
  let pictures = 0;
  try {
    for await (const values of inputs) {
      tf.tidy(() => {
        runner.run(tf.tensor(Float32Array.from(values), [1, ...shape]));
      });
      const all = tf.concat([...means, ...extremes]);
      tf.dispose([...means.splice(0), ...extremes.splice(0)]);
      const found = await all.data();
      all.dispose();
      addFound(found, seen, looked.splice(0));
      pictures += 1;
    }
  } finally {
    tf.dispose([...means, ...extremes]);
    runner.dispose();
  }
  if (pictures === 0) throw new RangeError('nothing to calibrate with');
  return seen.map(({ min, max, sums }) => ({
    range: [min, max],
    means: Float32Array.from(sums, (sum) => sum / pictures),
  }));
}

/**
 * By a pooling window over all of it: on WASM six times as fast as a mean. (A product with ones would be
 * wrong there: TF.js 4.22 keeps what it made of a factor, also for a reshaped one.)
 *
 * @returns [channels].
 */
function channelMeans(output: tf.Tensor): tf.Tensor1D {
  const channels = at(output.shape, output.shape.length - 1);
  const pixels = output.size / channels;
  return tf.tidy(() => {
    const column = tf.reshape<tf.Rank.R4>(output, [1, pixels, 1, channels]);
    return tf.reshape(tf.avgPool(column, [pixels, 1], 1, 'valid'), [channels]);
  });
}

/** Whether a step has given all that it can: most that are cut off at 6 reach it in the first picture. */
function isWhole(step: Step, { min, max }: Seen): boolean {
  return 'activation' in step && step.activation === 'relu6' && min <= 0 && max >= 6;
}

/** @param found the means of all steps, then the least and the greatest value of those looked at. */
function addFound(found: ArrayLike<number>, all: readonly Seen[], looked: readonly Seen[]): void {
  let next = 0;
  for (const { sums } of all) {
    for (const channel of sums.keys()) sums[channel] = at(sums, channel) + at(found, next++);
  }
  for (const step of looked) {
    step.min = Math.min(step.min, at(found, next++));
    step.max = Math.max(step.max, at(found, next++));
  }
}
