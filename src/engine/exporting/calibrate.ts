import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../core/at.ts';
import type { Network, Step } from '../../formats/network/network.ts';
import type { ValueRange } from '../../formats/tflite/quantise.ts';
import { createNetworkRunner } from '../backbone/network-runner.ts';

/**
 * The least and the greatest value that each step of a network gave to typical inputs: what eight
 * bits have to cover.
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
  const observed: number[] = [];
  const extremes: tf.Tensor[] = [];
  const runner = createNetworkRunner(network, (output, index) => {
    if (isWhole(at(network.steps, index), at(ranges, index))) return;
    observed.push(index);
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
      for (const [place, index] of observed.splice(0).entries()) {
        const range = at(ranges, index);
        range[0] = Math.min(range[0], at(found, 2 * place));
        range[1] = Math.max(range[1], at(found, 2 * place + 1));
      }
    }
  } finally {
    tf.dispose(extremes);
    runner.dispose();
  }
  if (ranges.some(([min]) => min === Infinity)) throw new RangeError('nothing to calibrate with');
  return ranges;
}

/** Whether a step has given all that it can: most that are cut off at 6 reach it in the first picture. */
function isWhole(step: Step, [min, max]: ValueRange): boolean {
  return 'activation' in step && step.activation === 'relu6' && min <= 0 && max >= 6;
}
