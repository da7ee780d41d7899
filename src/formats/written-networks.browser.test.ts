/** What the writers write, run by others' runtimes, beside TF.js on the model that was read. */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { at } from '../core/at.ts';
import { BUILT_IN } from '../core/backbone-catalogue.ts';
import { asIoHandler } from '../network/tfjs/conversions.ts';
import { createTfjsNetwork } from '../network/tfjs/tfjs-network.ts';
import { bringUp, probeMachine } from '../engine/device/bring-up.ts';
import { partsOf } from '../engine/testing/parts.ts';
import { tinyLayersModel } from '../engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../engine/testing/tiny-mobilenet.ts';
import type { ModelFile } from '../core/backbone.ts';
import type { Head } from '../core/head.ts';
import { kerasLayers } from './layers/keras-layers.ts';
import { writeLayersModel } from './layers/write-layers-model.ts';
import { classifierNetwork, scalingOfLevels } from '../network/classifier-network.ts';
import { importNetwork } from '../network/read/import-network.ts';
import type { ModelParts } from '../network/read/model-parts.ts';
import { elementsOf, type Network } from '../network/network.ts';
import { writeOnnx } from './onnx/write-onnx.ts';
import { exampleHead } from './testing/example-classifier.ts';
import { runOnnx, runTflite } from './testing/other-runtimes.ts';
import { writeTflite } from './tflite/write-tflite.ts';

/**
 * Largest difference to TF.js, as a part of the largest output. Two runtimes add
 * up in other orders: on MobileNets some 2e-6 was seen.
 */
const MAX_DIFFERENCE = 1e-5;
const BATCH = 2;
const LAYERS_OPTIONS = { app: 'Headstart', precision: 'float32' } as const;

beforeAll(async () => {
  await bringUp('wasm', await probeMachine());
});

/** The model by TF.js's own reading of it. */
async function runByTfjs({ json, files }: ModelParts, output: string | null, input: tf.Tensor4D) {
  const parts = { json, files };
  if (json.kind === 'graph-model') {
    const model = await loadGraphModel(asIoHandler(parts));
    const answer = tf.tidy(() => model.execute(input, output ?? undefined) as tf.Tensor);
    model.dispose();
    return answer;
  }
  const model = await loadLayersModel(asIoHandler(parts));
  const answer = model.predict(input) as tf.Tensor;
  model.dispose();
  return answer;
}

function differenceOf(found: Float32Array, wanted: Float32Array): number {
  expect(found).toHaveLength(wanted.length);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Outputs that are all alike would agree for the wrong reason.
  const least = wanted.reduce((most, value) => Math.min(most, value), Infinity);
  expect(largest - least).toBeGreaterThan(0.05);
  return (
    found.reduce((most, value, i) => Math.max(most, Math.abs(value - at(wanted, i))), 0) / largest
  );
}

async function compare(parts: ModelParts, sidePx: number, output: string | null): Promise<void> {
  const read = importNetwork(parts, { inputSidePx: sidePx, output });
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const network = read.value;
  const shape: [number, number, number, number] = [BATCH, sidePx, sidePx, 3];
  const input = tf.randomUniform<tf.Rank.R4>(shape, -1, 1, 'float32', 7);
  const answer = await runByTfjs(parts, output, input);
  const wanted = Float32Array.from(await answer.data());
  expect(elementsOf(answer.shape)).toBe(BATCH * elementsOf(lastShape(network)));
  for (const found of await runEverywhere(network, input))
    expect(differenceOf(found, wanted)).toBeLessThan(MAX_DIFFERENCE);
  tf.dispose([input, answer]);
}

/** A network's outputs by TF.js step by step, and by each format's own runtime. */
async function runEverywhere(network: Network, input: tf.Tensor4D): Promise<Float32Array[]> {
  const pixels = Float32Array.from(await input.data());
  return [
    await runFolded(network, input),
    await runLayers(writeLayersModel(kerasLayers(network), LAYERS_OPTIONS), input),
    await runTflite(writeTflite(network, { batch: BATCH }), pixels, input.shape),
    await runOnnx(writeOnnx(network), pixels, input.shape),
  ];
}

async function runLayers(files: readonly ModelFile[], input: tf.Tensor4D): Promise<Float32Array> {
  const answer = await runByTfjs(partsOf(files), null, input);
  const values = Float32Array.from(await answer.data());
  answer.dispose();
  return values;
}

function lastShape({ steps }: Network) {
  return at(steps, steps.length - 1).shape;
}

async function runFolded(network: Network, input: tf.Tensor4D): Promise<Float32Array> {
  const runner = createTfjsNetwork(network);
  const features = runner.run(input);
  const values = Float32Array.from(await features.data());
  features.dispose();
  runner.dispose();
  return values;
}

const V2_FEATURES = 'module_apply_default/MobilenetV2/Logits/AvgPool';
const V1_FEATURES = 'module_apply_default/MobilenetV1/Logits/global_pool';

describe('a generated model, written in every format, answers as TF.js does', () => {
  it.each([64, 51, 96, 101])('layers, to its answers, %i pixels', async (sidePx) => {
    await compare(partsOf(tinyLayersModel({ sidePx, top: true })), sidePx, null);
  });

  it.each([
    { sidePx: 96, version: 1, output: V1_FEATURES },
    { sidePx: 97, version: 2, output: V2_FEATURES },
    { sidePx: 128, version: 2, output: null },
    { sidePx: 65, version: 1, output: null },
  ] as const)('graph, MobileNetV$version, $sidePx pixels, $output', async (options) => {
    const { sidePx, version, output } = options;
    await compare(partsOf(tinyMobilenet({ sidePx, version, fromHub: true })), sidePx, output);
  });

  it('leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    await compare(partsOf(tinyLayersModel({ sidePx: 32 })), 32, null);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a whole classifier gives the head’s answers to the backbone’s features', () => {
  it.each([
    { hidden: [], range: [-1, 1] as const },
    { hidden: [6, 5], range: [0, 1] as const },
  ])('hidden layers $hidden', async ({ hidden, range }) => {
    const sidePx = 64;
    const parts = partsOf(tinyMobilenet({ sidePx, version: 2, fromHub: true }));
    const read = importNetwork(parts, { inputSidePx: sidePx, output: V2_FEATURES });
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
    const levels = tf.randomUniform<tf.Rank.R4>([BATCH, sidePx, sidePx, 3], 0, 255, 'float32', 3);
    const features = await runByTfjs(
      parts,
      V2_FEATURES,
      tf.add(tf.mul(levels, (range[1] - range[0]) / 255), range[0]),
    );
    const head = exampleHead(elementsOf(features.shape) / BATCH, [...hidden, 3]);
    const wanted = Float32Array.from(
      await answerOf(head, tf.reshape(features, [BATCH, -1])).data(),
    );
    const network = classifierNetwork(read.value, head, scalingOfLevels(range));
    for (const found of await runEverywhere(network, levels))
      expect(differenceOf(found, wanted)).toBeLessThan(MAX_DIFFERENCE);
  });
});

/** By TF.js, layer by layer. */
function answerOf({ layers }: Head, features: tf.Tensor): tf.Tensor {
  return layers.reduce<tf.Tensor>((values, { kernel, bias, units, activation }) => {
    const weights = tf.tensor2d(kernel, [kernel.length / units, units]);
    const sums = tf.add(tf.matMul(values as tf.Tensor2D, weights), tf.tensor1d(bias));
    return activation === 'relu' ? tf.relu(sums) : tf.softmax(sums);
  }, features);
}

async function fetchParts(id: string, weights: string): Promise<ModelParts> {
  const files = ['model.json', weights].map(async (name) => {
    const response = await fetch(`/models/${id}/${name}`);
    if (!response.ok) throw new Error(`${id}/${name}: ${String(response.status)}`);
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  });
  return partsOf(await Promise.all(files));
}

it('the built-in backbone is written whole', async () => {
  await compare(await fetchParts(BUILT_IN.id, 'weights.bin'), BUILT_IN.inputSidePx, 'embedding');
});

const REAL = [
  { id: 'mobilenet_v2_1.0_224', sidePx: 224, weights: 'group1-shard1of1.bin', output: V2_FEATURES },
  { id: 'mobilenet_v2_1.0_224', sidePx: 224, weights: 'group1-shard1of1.bin', output: null },
  { id: 'mobilenet_v2_0.35_224_no_top', sidePx: 224, weights: 'weights.bin', output: null },
  {
    id: 'mobilenet_v1_0.75_192',
    sidePx: 192,
    weights: 'group1-shard1of1.bin',
    output: V1_FEATURES,
  },
  { id: 'mobilenet_v1_0.5_160', sidePx: 160, weights: 'group1-shard1of1.bin', output: V1_FEATURES },
  { id: 'mobilenet_v1_0.25_128', sidePx: 128, weights: 'group1-shard1of1.bin', output: null },
] as const;

// Without HEADSTART_MODELS there are no real weights; the tests above write made ones.
describe.skipIf(import.meta.env['HEADSTART_MODELS'] === '')('a real model', () => {
  it.for(REAL)('$id to $output', { timeout: 120_000 }, async ({ id, sidePx, weights, output }) => {
    await compare(await fetchParts(id, weights), sidePx, output);
  });
});
