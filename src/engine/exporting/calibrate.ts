import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../core/at.ts';
import type { Network } from '../../formats/network/network.ts';
import type { ValueRange } from '../../formats/tflite/quantise.ts';
import { createNetworkRunner } from '../backbone/network-runner.ts';

/**
 * The least and the greatest value that each step of a network gave to typical inputs: what eight
 * bits have to cover. TensorFlow recommends 100 to 500 (ai.google.dev/edge/litert, post-training
 * quantization).
 *
 * @param inputs one picture each: [height, width, channels] as the network's input takes them.
 * @returns one range for each step, in their order.
 * @throws RangeError where there are no inputs.
 */
export async function calibrate(
  network: Network,
  inputs: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
): Promise<readonly ValueRange[]> {
  const { shape } = at(network.steps, 0);
  const ranges = network.steps.map((): [number, number] => [Infinity, -Infinity]);
  const extremes: tf.Tensor[] = [];
  const runner = createNetworkRunner(network, (output) => {
    extremes.push(tf.keep(tf.stack([tf.min(output), tf.max(output)])));
  });
  try {
    for await (const values of inputs) {
      tf.tidy(() => {
        const input = tf.tensor(Float32Array.from(values), [1, ...shape]);
        runner.run(input as tf.Tensor4D);
      });
      const all = tf.concat(extremes);
      tf.dispose(extremes.splice(0));
      const found = await all.data();
      all.dispose();
      for (const [index, range] of ranges.entries()) {
        range[0] = Math.min(range[0], at(found, 2 * index));
        range[1] = Math.max(range[1], at(found, 2 * index + 1));
      }
    }
  } finally {
    tf.dispose(extremes);
    runner.dispose();
  }
  if (ranges.some(([min]) => min === Infinity)) throw new RangeError('nothing to calibrate with');
  return ranges;
}
