/** Networks in eight bits, run by LiteRT.js, beside TF.js in single precision. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../core/agreement.ts';
import { at } from '../../core/at.ts';
import { bringUp, probeMachine } from '../../engine/device/bring-up.ts';
import { calibrate } from '../../network/tfjs/calibrate.ts';
import { drawLevels, NetworkWriter } from '../../network/testing/network-writer.ts';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import { elementsOf, type Network, type Step } from '../../network/network.ts';
import { runTflite } from '../testing/other-runtimes.ts';
import { differenceOf, read, runByTfjs, withHead } from './testing/networks.ts';
import { Table } from './testing/read-flatbuffer.ts';
import { writeTflite } from './write-tflite.ts';

/** Of noise. A network is calibrated with those that it answers: none lies outside its ranges. */
const PICTURES = 8;

beforeAll(async () => {
  await bringUp('wasm', await probeMachine());
});

function drawPictures(network: Network): Float32Array<ArrayBuffer> {
  return Float32Array.from(drawLevels([PICTURES, ...at(network.steps, 0).shape], 2));
}

async function quantised(network: Network, batch: number): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = elementsOf(at(network.steps, 0).shape);
  const levels = drawPictures(network);
  const pictures = Array.from({ length: PICTURES }, (_, index) =>
    levels.subarray(index * pixels, (index + 1) * pixels),
  );
  const statistics = await calibrate(network, pictures);
  return writeTflite(network, { batch, precision: 'int8', statistics });
}

async function runBoth(network: Network) {
  const shape = [PICTURES, ...at(network.steps, 0).shape];
  const levels = drawPictures(network);
  const int8 = await runTflite(await quantised(network, PICTURES), levels, shape);
  return { int8, single: await runByTfjs(network, levels, shape) };
}

/** With the scaling of levels to −1 to 1 in front. */
function scaled({ network: { steps } }: NetworkWriter, change?: (steps: Step[]) => void): Network {
  const [input, ...others] = steps;
  if (input === undefined) throw new Error('no input');
  const all: Step[] = [
    input,
    {
      ...{ kind: 'affine', name: 'scaled', inputs: [0], shape: input.shape, activation: 'none' },
      scale: new Float32Array(3).fill(2 / 255),
      offset: new Float32Array(3).fill(-1),
    } as const,
    ...others.map((step) => ({ ...step, inputs: step.inputs.map((index) => index + 1) })),
  ];
  change?.(all);
  return { steps: all };
}

const start = (sidePx: number) =>
  new NetworkWriter(sidePx, sidePx).convolution({ outputs: 8, side: 3, stride: 2 });

function residuals(): NetworkWriter {
  const writer = start(33);
  for (const activation of ['none', 'relu', 'relu6'] as const) {
    const from = writer.last;
    writer.convolution({ outputs: 20 }).depthwise({});
    writer.convolution({ outputs: 8, activation: 'none' }).add(from, activation);
  }
  return writer.average();
}

/** Branches of other scales, side by side; averages over windows. */
function branches(): NetworkWriter {
  const writer = start(32);
  const first = writer.last;
  const parts = [
    writer.pool(4).last,
    writer.convolution({ outputs: 6, activation: 'none' }, first).pool(4).last,
    writer.depthwise({ stride: 4, activation: 'relu' }, first).last,
  ];
  return writer.concat(parts).flatten().convolution({ outputs: 12, activation: 'none' }).average();
}

/** Scalings that went into no convolution, of an image and of a row. */
function affines(): Network {
  return scaled(residuals(), (steps) => {
    const push = (name: string, offset: number) => {
      const { shape } = at(steps, steps.length - 1);
      const channels = at(shape, shape.length - 1);
      steps.push({
        ...{ kind: 'affine', name, inputs: [steps.length - 1], shape, activation: 'none' },
        // Of sizes far apart, one of them none.
        scale: Float32Array.from({ length: channels }, (_, i) => 2 ** (i / 2) - 1),
        offset: Float32Array.from({ length: channels }, (_, i) => offset - i / 3),
      } as const);
    };
    const average = steps.pop();
    push('image', 0.5);
    if (average === undefined) throw new Error('no average');
    steps.push({ ...average, inputs: [steps.length - 1] });
    push('row', -0.5);
  });
}

describe('features differ by little of the largest', () => {
  // Seen: 0.004 to 0.024. An operator with one scale taken for another is off by tenths.
  it.each([
    { title: 'residual additions', network: () => scaled(residuals()) },
    { title: 'branches and pooling', network: () => scaled(branches()) },
    { title: 'scalings on their own', network: affines },
  ])('$title', async ({ network }) => {
    const { int8, single } = await runBoth(network());
    expect(differenceOf(int8, single)).toBeLessThan(0.04);
  });
});

const FEATURES = 'module_apply_default/MobilenetV2/Logits/AvgPool';

describe('a whole classifier answers nearly as in single precision', () => {
  it.each([
    {
      title: 'layers, padded by hand',
      network: () => withHead(read(partsOf(tinyLayersModel({ sidePx: 65 })), 65, null), 24, [8, 3]),
    },
    {
      title: 'graph',
      network: () => withHead(read(partsOf(tinyMobilenet({ sidePx: 97 })), 97, FEATURES), 32, [3]),
    },
  ])('$title', async ({ network }) => {
    const { int8, single } = await runBoth(await network());
    const agreement = compareAnswers(single, Float32Array.from(int8), 3);
    expect(agreement.same).toBe(PICTURES);
    // Seen: 0.005 and 0.010.
    expect(agreement.largestDifference).toBeLessThan(0.03);
    // Probabilities in steps of 1/256, as softmax has them.
    expect(int8.every((value) => Number.isInteger(value * 256))).toBe(true);
  });
});

it('takes about a quarter of the room, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const writer = start(16).convolution({ outputs: 256 }).convolution({ outputs: 512 }).average();
  const network = scaled(writer);
  const int8 = await quantised(network, 1);
  expect(int8.length / writeTflite(network, { batch: 1 }).length).toBeLessThan(0.3);
  expect(tf.memory().numTensors).toBe(before);
});

it('asks for the lowest versions of its operators', async () => {
  const network = await withHead(
    read(partsOf(tinyLayersModel({ sidePx: 65 })), 65, null),
    24,
    [8, 3],
  );
  const model = Table.root(await quantised(network, 1), 'TFL3');
  const versions = new Map(
    model.tables(1).map((code) => [code.integer(3) ?? 0, code.integer(2) ?? 1]),
  );
  // By TensorFlow Lite's numbers: QUANTIZE, CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, SOFTMAX, DEQUANTIZE.
  expect([114, 3, 4, 9, 25, 6].map((code) => versions.get(code))).toEqual([1, 3, 3, 4, 2, 2]);
});

it('wants statistics of each step', () => {
  const { network } = start(16);
  const statistics = [{ range: [0, 1], means: new Float32Array(3) }] as const;
  const write = () => writeTflite(network, { batch: 1, precision: 'int8', statistics });
  expect(write).toThrow('statistics of 1 steps for 2');
});
