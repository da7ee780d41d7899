import * as tf from '@tensorflow/tfjs-core';
import type { InputRange } from '../../core/preprocess.ts';

/** From 0 to 255 to a range. */
export function scaleTo([min, max]: InputRange, pixels: tf.Tensor4D): tf.Tensor4D {
  return tf.add(tf.mul(pixels, (max - min) / 255), min);
}

/** The output isn't features pooled over space. */
export class NotPooled extends Error {
  override readonly name = 'NotPooled';
}

/** @returns [count, length]. @throws {NotPooled} where features still have height and width. */
export function flattenPooled(features: tf.Tensor): tf.Tensor2D {
  const [count = 0, ...rest] = features.shape;
  const length = rest.at(-1);
  if (length === undefined || rest.slice(0, -1).some((side) => side !== 1)) {
    throw new NotPooled(`features of shape ${features.shape.join('×')}`);
  }
  return tf.reshape(features, [count, length]);
}

/** Numbers in one embedding, by a run on zeros: that also shows that the network runs. */
export function lengthOf(embed: (pixels: tf.Tensor4D) => tf.Tensor2D, sidePx: number): number {
  return tf.tidy(() => embed(tf.zeros([1, sidePx, sidePx, 3])).shape[1]);
}
