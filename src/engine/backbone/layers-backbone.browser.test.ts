import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../core/backend.ts';
import { bringUp } from '../device/bring-up.ts';
import { probeMachine } from '../device/probe.ts';
import { partsOf } from '../testing/parts.ts';
import { tinyLayersModel } from '../testing/tiny-layers-model.ts';
import { importNetwork } from '../../network/read/import-network.ts';
import { featureLayerOf, readLayers } from '../../network/read/layers-topology.ts';
import type { ModelParts } from '../../network/read/model-parts.ts';
import { poolFeatures } from '../../network/network.ts';
import { loadLayersBackbone } from '../../network/tfjs/layers-backbone.ts';
import { createLayersRunner } from '../../network/tfjs/layers-library.ts';
import { createNetworkRunner } from '../../network/tfjs/tfjs-network.ts';

const MOBILENET = { asked: null, hosting: null, isMobilenet: true };

async function differenceOfFolded(parts: ModelParts, sidePx: number): Promise<number> {
  const facts = readLayers(parts.json);
  const output = facts === null ? null : featureLayerOf(facts);
  const network = importNetwork(parts, { inputSidePx: sidePx, output });
  const unfolded = await createLayersRunner(parts);
  if (!network.ok || unfolded === null) throw new Error('not a model to compare on');
  const folded = createNetworkRunner(poolFeatures(network.value));
  const difference = tf.tidy(() => {
    const input = tf.randomUniform<tf.Rank.R4>([2, sidePx, sidePx, 3], -1, 1, 'float32', 7);
    const features = folded.run(input);
    const difference = tf.max(tf.abs(tf.sub(features, unfolded.runner.run(input))));
    // Features that are all alike would agree for the wrong reason.
    return tf.stack([difference, tf.sub(tf.max(features), tf.min(features))]);
  });
  const [largest, spread] = await difference.data();
  expect(spread).toBeGreaterThan(0.1);
  tf.dispose(difference);
  folded.dispose();
  unfolded.runner.dispose();
  return largest ?? Infinity;
}

describe.each<BackendName>(['wasm', 'webgl', 'webgpu'])('a layers model on %s', (backend) => {
  it.each([
    { name: 'with an even input', options: { sidePx: 64 } },
    { name: 'with an odd input', options: { sidePx: 51 } },
    { name: 'with its classifier', options: { sidePx: 32, top: true } },
  ])('gives the same folded as unfolded, $name', async ({ options }) => {
    await bringUp(backend, await probeMachine());
    const before = tf.memory().numTensors;
    const difference = await differenceOfFolded(partsOf(tinyLayersModel(options)), options.sidePx);
    expect(difference).toBeLessThan(1e-4);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadLayersBackbone', () => {
  it.each([
    { name: 'folds what it knows', options: {}, featureLayer: 'last_BN_relu' },
    { name: 'cuts the classifier off', options: { top: true }, featureLayer: 'pool' },
    {
      name: 'runs what it does not know by TF.js',
      options: { unknownLayer: true },
      featureLayer: 'last_BN_relu',
    },
    {
      name: 'cuts the classifier off there too',
      options: { unknownLayer: true, top: true },
      featureLayer: 'pool',
    },
  ])('$name', async ({ options, featureLayer }) => {
    await bringUp('wasm', await probeMachine());
    const before = tf.memory().numTensors;
    const loaded = await loadLayersBackbone('m', partsOf(tinyLayersModel(options)), MOBILENET);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
    const network = loaded.value;
    expect(network.shape).toEqual({
      inputSidePx: 64,
      inputRange: [-1, 1],
      embeddingLength: 24,
      featureLayer,
    });
    const features = tf.tidy(() => network.embed(tf.fill([3, 64, 64, 3], 200)));
    expect(features.shape).toEqual([3, 24]);
    features.dispose();
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('asks for the range of a model that does not tell it', async () => {
    await bringUp('wasm', await probeMachine());
    const parts = partsOf(tinyLayersModel({ name: 'birds' }));
    const hints = { ...MOBILENET, isMobilenet: false };
    expect(await loadLayersBackbone('birds.json', parts, hints)).toEqual({
      ok: false,
      problem: { code: 'model-range-unknown', file: 'birds.json' },
    });
    const asked = await loadLayersBackbone('birds.json', parts, { ...hints, asked: [0, 255] });
    expect(asked.ok && asked.value.shape.inputRange).toEqual([0, 255]);
    if (asked.ok) asked.value.dispose();
  });
});

// Without HEADSTART_MODELS there are no real weights to fold; the tests above fold made ones.
describe.skipIf(import.meta.env['HEADSTART_MODELS'] === '')('the real layers model', () => {
  it('gives the same folded as unfolded', { timeout: 300_000 }, async () => {
    await bringUp('wasm', await probeMachine());
    const folder = '/models/mobilenet_v2_0.35_224_no_top';
    const files = ['model.json', 'weights.bin'].map(async (name) => {
      const response = await fetch(`${folder}/${name}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    });
    const parts = partsOf(await Promise.all(files));
    expect(await differenceOfFolded(parts, 224)).toBeLessThan(1e-4);
  });
});
