/** Half-precision weights in LiteRT.js, beside TF.js on weights that are rounded alike. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bringUp, probeMachine } from '../../engine/device/bring-up.ts';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import { singleToHalf } from '../layers/pack-weights.ts';
import { ONE_PIXEL, type Network } from '../../network/network.ts';
import { halfToSingle } from '../../network/read/weights.ts';
import { runTflite } from '../testing/other-runtimes.ts';
import {
  differenceOf,
  fetchModel,
  randomValues,
  read,
  runByTfjs,
  withHead,
} from './testing/networks.ts';
import { writeTflite } from './write-tflite.ts';

const BATCH = 2;
const MAX_DIFFERENCE = 1e-5;

beforeAll(async () => {
  await bringUp('wasm', await probeMachine());
});

function rounded({ steps }: Network): Network {
  return {
    steps: steps.map((step) =>
      step.kind === 'convolution' || step.kind === 'depthwise'
        ? { ...step, kernel: roundAll(step.kernel), bias: roundAll(step.bias) }
        : step.kind === 'dense'
          ? { ...step, kernel: roundAll(step.kernel) }
          : step,
    ),
  };
}

function roundAll(values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return values.map((value) => halfToSingle(singleToHalf(value)));
}

async function compare(network: Network, sidePx: number): Promise<void> {
  const shape = [BATCH, sidePx, sidePx, 3];
  const values = randomValues(shape, [0, 255]);
  const half = writeTflite(network, { batch: BATCH, precision: 'float16' });
  const found = await runTflite(half, values, shape);
  const wanted = await runByTfjs(rounded(network), values, shape);
  const difference = differenceOf(found, wanted);
  expect(difference).toBeLessThan(MAX_DIFFERENCE);
  // They agree because of the rounding, and not because it doesn't show.
  const unrounded = await runByTfjs(network, values, shape);
  expect(differenceOf(found, unrounded)).toBeGreaterThan(4 * difference);
  const single = writeTflite(network, { batch: BATCH });
  expect(half.length).toBeLessThan(single.length);
}

describe('a generated classifier', () => {
  it.each([64, 51])('layers, %i pixels', async (sidePx) => {
    const parts = partsOf(tinyLayersModel({ sidePx }));
    await compare(await withHead(read(parts, sidePx, null), 24, [6, 3]), sidePx);
  });

  it('graph, 97 pixels; leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const parts = partsOf(tinyMobilenet({ sidePx: 97 }));
    const features = 'module_apply_default/MobilenetV2/Logits/AvgPool';
    await compare(await withHead(read(parts, 97, features), 32, [3]), 97);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('a weight beyond float16 becomes its largest', async () => {
  const step = { inputs: [0], name: 'dense', shape: [2], bias: new Float32Array(2) };
  const kernel = Float32Array.of(1e6, -1e6);
  const network: Network = {
    steps: [
      { kind: 'input', inputs: [], name: 'x', shape: [1] },
      { ...step, kind: 'dense', kernel, window: ONE_PIXEL, activation: 'none' },
    ],
  };
  const file = writeTflite(network, { batch: 1, precision: 'float16' });
  expect([...(await runTflite(file, Float32Array.of(1), [1, 1]))]).toEqual([65504, -65504]);
});

// Without HEADSTART_MODELS there are no real weights; the tests above write made ones.
it.skipIf(import.meta.env['HEADSTART_MODELS'] === '')('a real MobileNetV2', async () => {
  const parts = await fetchModel('mobilenet_v2_0.35_224_no_top', 'weights.bin');
  const network = await withHead(read(parts, 224, null), 1280, [3]);
  await compare(network, 224);
  const bytes = writeTflite(network, { batch: 1, precision: 'float16' }).length;
  expect(bytes / writeTflite(network, { batch: 1 }).length).toBeLessThan(0.55);
});
