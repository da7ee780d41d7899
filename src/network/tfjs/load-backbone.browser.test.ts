/** Every way that a backbone runs, on each backend: the same embeddings, the same feature maps, cut anywhere. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import type { BackendName } from '../../core/backend.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import { bringUp, probeMachine } from '../../engine/device/bring-up.ts';
import type { GeneratedFile } from '../../engine/testing/model-writer.ts';
import { writeMobilenet } from '../../engine/testing/mobilenets.ts';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import type { Activations, Backbone, Point } from '../backbone.ts';
import { elementsOf } from '../network.ts';
import { drawLevels } from '../testing/network-writer.ts';
import { readBackbone, readNetwork, type FoundModel } from '../read/read-backbone.ts';
import { planNetwork } from '../wasm/plan-network.ts';
import { createSimdBackbone, type PlanRunner } from '../wasm/simd-backbone.ts';
import { createSimdNetwork } from '../wasm/simd-network.ts';
import type { NetworkPlan } from '../wasm/plan.ts';
import { byLibrary, loadBackbone, loadByLibrary } from './load-backbone.ts';

/** As a part of the largest number: some sixty layers in single precision, sums in other orders. */
const MAX_DIFFERENCE = 1e-4;
const PICTURES = 2;
/** Cuts of a network that are tried: the first, the last, and some between. */
const CUTS = 4;

const readBack = async (tensor: tf.Tensor) => Float32Array.from(await tensor.data());

function foundOf(files: readonly GeneratedFile[], name = 'm'): FoundModel {
  const parts = partsOf(files);
  const sha256 = '0'.repeat(64);
  return {
    parts,
    hints: { asked: null, hosting: null, isMobilenet: true },
    identity: { id: name, name, kind: parts.json.kind, sha256, bytes: 1, source: 'files' },
  };
}

async function load(found: FoundModel): Promise<Backbone> {
  const loaded = await loadBackbone(found, readBack);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  return loaded.value;
}

function readingOf({ parts, hints, identity }: FoundModel) {
  const reading = readBackbone(identity.name, parts, hints);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problem));
  return reading.value;
}

/** By TF.js's library, whatever would be chosen. */
async function loadReference(found: FoundModel): Promise<Backbone> {
  const reading = readingOf(found);
  const model = await loadByLibrary(found.parts, reading);
  if (model === null) throw new Error('no features');
  return byLibrary(model, found, reading, readBack);
}

/** In this thread. */
function loadSimd(found: FoundModel, { info }: Backbone): Backbone {
  const read = readNetwork(found.parts, readingOf(found));
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const { network } = read.value;
  return createSimdBackbone(network, info, runnerOf(planNetwork(network, info)), (plan) =>
    Promise.resolve(runnerOf(plan)),
  );
}

function runnerOf(plan: NetworkPlan): PlanRunner {
  const simd = createSimdNetwork(plan);
  return {
    run: (inputs) => {
      const rows = inputs.map((input) => simd.run(input).slice());
      return Promise.resolve(Float32Array.from(rows.flatMap((row) => [...row])));
    },
    dispose: () => undefined,
  };
}

function pictures({ info }: Backbone): InputPixels[] {
  const { inputSidePx: side } = info;
  return Array.from({ length: PICTURES }, (_, seed) => drawLevels([side, side, 3], seed + 1));
}

function insideOf(backbone: Backbone) {
  const inside = backbone.inside();
  if (inside === null) throw new Error('it can not be looked into');
  return inside;
}

/** The largest difference, as a part of the range of what is wanted. */
function differenceOf(found: Float32Array, wanted: Float32Array): number {
  expect(found).toHaveLength(wanted.length);
  const most = wanted.reduce((max, value) => Math.max(max, value), -Infinity);
  const least = wanted.reduce((min, value) => Math.min(min, value), Infinity);
  // Numbers that are all alike would agree for the wrong reason.
  expect(most - least).toBeGreaterThan(0.05);
  return (
    found.reduce((max, value, i) => Math.max(max, Math.abs(value - at(wanted, i))), 0) /
    (most - least)
  );
}

function meansOf(map: Activations, { shape }: Point): Float32Array {
  const [rows = 0, columns = 0, channels = 0] = shape;
  const means = new Float32Array(PICTURES * channels);
  map.forEach((value, index) => {
    const picture = Math.floor(index / elementsOf(shape));
    const channel = picture * channels + (index % channels);
    means[channel] = at(means, channel) + value / (rows * columns);
  });
  return means;
}

function some(cuts: readonly Point[]): Point[] {
  const last = cuts.length - 1;
  const chosen = Array.from({ length: CUTS }, (_, i) => Math.round((i / (CUTS - 1)) * last));
  return [...new Set(chosen)].map((index) => at(cuts, index));
}

/** One backbone's answers beside the wanted ones: whole, its feature map, and cut in two. */
async function expectSame(backbone: Backbone, wanted: { pooled: Activations; map: Activations }) {
  const batch = pictures(backbone);
  const { taps, cuts, run, resume } = insideOf(backbone);
  if (taps.features === null) throw new Error('no feature map');
  expect(taps.pooled.shape).toEqual([backbone.info.embeddingLength]);
  expect(differenceOf(await backbone.embed(batch), wanted.pooled)).toBeLessThan(MAX_DIFFERENCE);
  expect(differenceOf(await run(batch, taps.pooled), wanted.pooled)).toBeLessThan(MAX_DIFFERENCE);
  const map = await run(batch, taps.features);
  expect(differenceOf(map, wanted.map)).toBeLessThan(MAX_DIFFERENCE);
  expect(differenceOf(meansOf(map, taps.features), wanted.pooled)).toBeLessThan(MAX_DIFFERENCE);
  expect(cuts.length).toBeGreaterThanOrEqual(CUTS);
  for (const cut of some(cuts)) {
    const prefix = await run(batch, cut);
    expect(prefix).toHaveLength(PICTURES * elementsOf(cut.shape));
    const rest = await resume(prefix, cut, taps.pooled);
    expect(differenceOf(rest, wanted.pooled), `cut at ${cut.name}`).toBeLessThan(MAX_DIFFERENCE);
    if (cut.step > taps.features.step) continue;
    const restOfMap = await resume(prefix, cut, taps.features);
    expect(differenceOf(restOfMap, wanted.map), cut.name).toBeLessThan(MAX_DIFFERENCE);
  }
}

const MODELS = [
  { name: 'a MobileNet of TF Hub’s, 224 pixels', files: () => tinyMobilenet() },
  {
    name: 'a MobileNet of TF Hub’s that scales its pictures',
    files: () => tinyMobilenet({ sidePx: 65, version: 1, fromHub: true }),
  },
  { name: 'a graph', files: () => tinyMobilenet({ sidePx: 64, version: null, features: 20 }) },
  { name: 'layers', files: () => tinyLayersModel({ sidePx: 51 }) },
  { name: 'layers with a classifier', files: () => tinyLayersModel({ sidePx: 32, top: true }) },
  {
    name: 'MobileNetV2 as a graph',
    files: () => writeMobilenet({ version: 2, form: 'graph', alpha: 0.35, sidePx: 64 }),
  },
  {
    name: 'MobileNetV1 as layers',
    files: () => writeMobilenet({ version: 1, form: 'layers', alpha: 0.25, sidePx: 64 }),
  },
];

describe.each<BackendName>(['wasm', 'webgl', 'webgpu'])('on %s', (backend) => {
  beforeAll(async () => {
    await bringUp(backend, await probeMachine());
  });

  it.each(MODELS)('$name: every runtime gives the same', async ({ files }) => {
    const found = foundOf(files());
    const reference = await loadReference(found);
    const before = tf.memory().numTensors;
    const chosen = await load(found);
    const simd = loadSimd(found, chosen);
    const batch = pictures(reference);
    const { taps, run } = insideOf(simd);
    if (taps.features === null) throw new Error('no feature map');
    const wanted = { pooled: await reference.embed(batch), map: await run(batch, taps.features) };
    for (const backbone of [chosen, simd, reference]) {
      await expectSame(backbone, wanted);
      const held = tf.memory().numTensors;
      await backbone.embed(batch);
      await insideOf(backbone).run(batch, insideOf(backbone).taps.pooled);
      expect(tf.memory().numTensors).toBe(held);
      backbone.dispose();
      // The converter keeps one tensor of what it has run once: the reference isn't counted.
      if (backbone === simd) expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('what runs a model', () => {
  beforeAll(async () => {
    await bringUp('wasm', await probeMachine());
  });

  it.each([
    { name: 'whose layers are known', options: {}, featureLayer: 'last_BN_relu', opens: true },
    { name: 'with a classifier', options: { top: true }, featureLayer: 'pool', opens: true },
    {
      name: 'with a layer that is not known',
      options: { unknownLayer: true },
      featureLayer: 'last_BN_relu',
      opens: false,
    },
    {
      name: 'with such a layer and a classifier',
      options: { unknownLayer: true, top: true },
      featureLayer: 'pool',
      opens: false,
    },
  ])('$name', async ({ options, featureLayer, opens }) => {
    const before = tf.memory().numTensors;
    const backbone = await load(foundOf(tinyLayersModel(options)));
    expect(backbone.info).toMatchObject({
      name: 'm',
      inputSidePx: 64,
      inputRange: [-1, 1],
      embeddingLength: 24,
      featureLayer,
    });
    expect(backbone.inside() !== null).toBe(opens);
    expect(await backbone.embed(pictures(backbone))).toHaveLength(PICTURES * 24);
    backbone.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('asks for the range of a model that does not tell it', async () => {
    const found = foundOf(tinyLayersModel({ name: 'birds' }), 'birds.json');
    const hints = { ...found.hints, isMobilenet: false };
    expect(await loadBackbone({ ...found, hints }, readBack)).toEqual({
      ok: false,
      problem: { code: 'model-range-unknown', file: 'birds.json' },
    });
    const asked = await load({ ...found, hints: { ...hints, asked: [0, 255] } });
    expect(asked.info.inputRange).toEqual([0, 255]);
    asked.dispose();
  });
});

const given = import.meta.env['HEADSTART_MODELS'] !== '';
const REAL = [
  { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v1_0.75_192', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v2_0.35_224_no_top', weights: 'weights.bin' },
] as const;

// Without HEADSTART_MODELS there are no real weights; the tests above run made ones.
describe.skipIf(!given)('real weights on WASM', () => {
  beforeAll(async () => {
    await bringUp('wasm', await probeMachine());
  });

  it.for(REAL)('$id', { timeout: 300_000 }, async ({ id, weights }) => {
    const files = ['model.json', weights].map(async (name) => {
      const response = await fetch(`/models/${id}/${name}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    });
    const found = foundOf(await Promise.all(files));
    const reference = await loadReference(found);
    const chosen = await load(found);
    const simd = loadSimd(found, chosen);
    const batch = pictures(reference);
    const { taps, run } = insideOf(chosen);
    if (taps.features === null) throw new Error('no feature map');
    const wanted = { pooled: await reference.embed(batch), map: await run(batch, taps.features) };
    for (const backbone of [chosen, reference, simd]) await expectSame(backbone, wanted);
    for (const backbone of [chosen, reference, simd]) backbone.dispose();
  });
});
