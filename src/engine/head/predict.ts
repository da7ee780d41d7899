import * as tf from '@tensorflow/tfjs-core';
import type { DenseLayer, Head } from '../../core/head.ts';
import { readBack, type Device } from '../device/device.ts';
import type { FitSet } from './fit-set.ts';

/** Rows answered at once: a thousand of 1,280 features are 5 MB. */
const ROWS_AT_ONCE = 1024;

/**
 * @param count of embeddings.
 * @param at the embedding of an index below it.
 * @returns probabilities, row-major [count, classes].
 */
export async function predictAll(
  head: Head,
  count: number,
  at: FitSet['at'],
  device: Device,
): Promise<Float32Array<ArrayBuffer>> {
  const { embeddingLength, classIds } = head;
  const probabilities = new Float32Array(count * classIds.length);
  for (let row = 0; row < count; row += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, count - row);
    const part = new Float32Array(rows * embeddingLength);
    for (let i = 0; i < rows; i++) part.set(at(row + i), i * embeddingLength);
    const answers = tf.tidy(() => applyHead(head, tf.tensor2d(part, [rows, embeddingLength])));
    try {
      probabilities.set(await readBack(device, answers), row * classIds.length);
    } finally {
      answers.dispose();
    }
  }
  return probabilities;
}

/** @returns probabilities [rows, classes] of raw embeddings [rows, embeddingLength]. */
export function applyHead(head: Head, embeddings: tf.Tensor2D): tf.Tensor2D {
  return head.layers.reduce((inputs, layer) => applyLayer(layer, inputs), embeddings);
}

function applyLayer({ kernel, bias, units, activation }: DenseLayer, inputs: tf.Tensor2D) {
  const weights = tf.tensor2d(kernel, [inputs.shape[1], units]);
  const sums: tf.Tensor2D = tf.add(tf.matMul(inputs, weights), tf.tensor1d(bias));
  return activation === 'relu' ? tf.relu(sums) : tf.softmax(sums);
}
