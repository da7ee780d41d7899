/** Networks that the tests of this folder write, and what TF.js makes of them. */
import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../../core/at.ts';
import type { InputRange } from '../../../core/preprocess.ts';
import { createTfjsNetwork } from '../../../network/tfjs/tfjs-network.ts';
import { partsOf } from '../../../engine/testing/parts.ts';
import { classifierNetwork, scalingOfLevels } from '../../../network/classifier-network.ts';
import { importNetwork } from '../../../network/read/import-network.ts';
import type { ModelParts } from '../../../network/read/model-parts.ts';
import type { Network } from '../../../network/network.ts';
import { exampleHead } from '../../testing/example-classifier.ts';

/** @throws Error where it can't be read. */
export function read(parts: ModelParts, sidePx: number, output: string | null): Network {
  const network = importNetwork(parts, { inputSidePx: sidePx, output });
  if (!network.ok) throw new Error(JSON.stringify(network.problem));
  return network.value;
}

/**
 * A whole classifier with a head of seeded weights: levels in, probabilities out. Its logits are
 * scaled to at most some {@link LARGEST_LOGIT}, so that no softmax hides what they are.
 *
 * @param units of the hidden layers, and last the classes.
 */
export async function withHead(
  backbone: Network,
  features: number,
  units: readonly number[],
  range: InputRange = [-1, 1],
): Promise<Network> {
  const scaling = scalingOfLevels(range);
  const head = exampleHead(features, units);
  const { steps } = classifierNetwork(backbone, head, scaling);
  const shape = [2, ...at(steps, 0).shape];
  const values = randomValues(shape, [0, 255], 11);
  const logits = await runByTfjs({ steps: steps.slice(0, -1) }, values, shape);
  const factor = LARGEST_LOGIT / Math.max(...logits.map(Math.abs));
  const layers = head.layers.map((layer, index) => {
    if (index < head.layers.length - 1) return layer;
    const scale = (values: Float32Array) => Float32Array.from(values, (value) => value * factor);
    return { ...layer, kernel: scale(layer.kernel), bias: scale(layer.bias) };
  });
  return classifierNetwork(backbone, { ...head, layers }, scaling);
}

const LARGEST_LOGIT = 3;

/** The output, row by row. */
export async function runByTfjs(
  network: Network,
  values: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const runner = createTfjsNetwork(network);
  const input = tf.tensor4d(values, [...shape] as [number, number, number, number]);
  const output = runner.run(input);
  const found = Float32Array.from(await output.data());
  tf.dispose([input, output]);
  runner.dispose();
  return found;
}

/** Seeded numbers, the same for the same shape. */
export function randomValues(
  shape: readonly number[],
  [min, max]: InputRange,
  seed = 7,
): Float32Array<ArrayBuffer> {
  return tf.tidy(() =>
    Float32Array.from(tf.randomUniform([...shape], min, max, 'float32', seed).dataSync()),
  );
}

/** @throws Error where it isn't there. */
export async function fetchModel(id: string, weights: string): Promise<ModelParts> {
  const files = ['model.json', weights].map(async (name) => {
    const response = await fetch(`/models/${id}/${name}`);
    if (!response.ok) throw new Error(`${id}/${name}: ${String(response.status)}`);
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  });
  return partsOf(await Promise.all(files));
}

/** The largest difference, as a part of the largest value. */
export function differenceOf(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return Infinity;
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = wanted.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - at(found, index))),
    0,
  );
  return difference / largest;
}
