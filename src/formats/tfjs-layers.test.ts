import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { at } from '../core/at.ts';
import type { ModelFile } from '../core/backbone.ts';
import type { Head } from '../core/head.ts';
import { ShapeError } from './field.ts';
import { planHead, readHead } from './read-tfjs-layers.ts';
import { exampleHead } from './testing/example-classifier.ts';
import { HEAD_FILE, WEIGHTS_FILE, writeHead } from './tfjs-layers.ts';

const bytesOf = (files: readonly ModelFile[], name: string) =>
  files.find((file) => file.name === name)?.bytes ?? new Uint8Array();

const jsonOf = (files: readonly ModelFile[]) => new TextDecoder().decode(bytesOf(files, HEAD_FILE));

/** One input's probabilities in plain double precision. */
function compute(head: Head, input: readonly number[]): number[] {
  return head.layers.reduce<number[]>(
    (values, { units, kernel, bias, activation }) => {
      const sums = Array.from(bias, (start, unit) =>
        values.reduce((sum, value, index) => sum + value * at(kernel, index * units + unit), start),
      );
      if (activation === 'relu') return sums.map((sum) => Math.max(0, sum));
      const powers = sums.map((sum) => Math.exp(sum - Math.max(...sums)));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return powers.map((power) => power / total);
    },
    [...input],
  );
}

async function predictWithTfjs(files: readonly ModelFile[], input: readonly number[]) {
  const json = JSON.parse(jsonOf(files)) as tf.io.ModelJSON;
  const model = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: bytesOf(files, WEIGHTS_FILE).buffer,
    }),
  );
  const given = tf.tensor2d([...input], [1, input.length]);
  const answer = model.predict(given) as tf.Tensor;
  const probabilities = await answer.data();
  tf.dispose([given, answer]);
  model.dispose();
  return probabilities;
}

test.each([
  ['a softmax alone', [3]],
  ['one hidden layer', [7, 2]],
  ['two hidden layers', [8, 6, 20]],
])('TF.js loads %s and answers as we do', async (_, units) => {
  await tf.setBackend('cpu');
  const head = exampleHead(40, units);
  const input = Array.from({ length: 40 }, (_value, index) => Math.sin(index));
  const before = tf.memory().numTensors;
  const answered = await predictWithTfjs(writeHead(head, 'test'), input);
  compute(head, input).forEach((probability, index) => {
    expect(answered[index]).toBeCloseTo(probability, 5);
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('the same head is read back, bit for bit', () => {
  const head = exampleHead(12, [5, 3]);
  const files = writeHead(head, 'test');
  const plan = planHead(jsonOf(files));
  expect(plan.weightFiles).toEqual([WEIGHTS_FILE]);
  expect(plan.weightBytes).toBe(bytesOf(files, WEIGHTS_FILE).length);
  const { layers, embeddingLength } = readHead(plan, bytesOf(files, WEIGHTS_FILE).buffer);
  expect({ layers, embeddingLength }).toEqual({ layers: head.layers, embeddingLength: 12 });
});

test('nothing newer than TF.js 1.3 knows is in the topology', () => {
  const json = jsonOf(writeHead(exampleHead(4, [2]), 'test'));
  expect(json).not.toContain('Functional');
  expect(json).not.toContain('float16');
});

interface ModelJson {
  modelTopology: {
    class_name: string;
    config: { layers: { class_name: string; config: Record<string, unknown> }[] };
  };
  weightsManifest: { weights: Record<string, unknown>[] }[];
}

/** The written model.json with a change. */
function changed(change: (model: Parts) => void): string {
  const model = JSON.parse(jsonOf(writeHead(exampleHead(4, [3, 2]), 'test'))) as ModelJson;
  const { modelTopology, weightsManifest } = model;
  const [first, last] = modelTopology.config.layers;
  const weights = weightsManifest[0]?.weights;
  if (!first || !last || !weights?.[0]) throw new Error('the example has two layers');
  change({ topology: modelTopology, first, last, weights, weight: weights[0] });
  return JSON.stringify(model);
}

interface Parts {
  topology: ModelJson['modelTopology'];
  first: ModelJson['modelTopology']['config']['layers'][number];
  last: ModelJson['modelTopology']['config']['layers'][number];
  weights: Record<string, unknown>[];
  weight: Record<string, unknown>;
}

test.each<[string, (parts: Parts) => unknown, RegExp]>([
  ['another kind of model', ({ topology }) => (topology.class_name = 'Functional'), /Sequential/u],
  ['another layer', ({ first }) => (first.class_name = 'Lambda'), /Dense/u],
  ['no input shape', ({ first }) => delete first.config['batch_input_shape'], /input shape/u],
  ['an unknown activation', ({ first }) => (first.config['activation'] = 'tanh'), /relu, softmax/u],
  ['no softmax', ({ last }) => (last.config['activation'] = 'relu'), /only softmax/u],
  ['a huge layer', ({ first }) => (first.config['units'] = 1e9), /units must be/u],
  ['a missing weight', ({ weights }) => weights.pop(), /must have 4 to 4 items, not 3/u],
  ['another order', ({ weights }) => weights.reverse(), /name must be one of hidden_1\/kernel/u],
  ['another shape', ({ weight }) => (weight['shape'] = [3, 4]), /\[3, 4\].*\[4, 3\]/u],
  ['another type', ({ weight }) => (weight['dtype'] = 'int32'), /float32/u],
  ['quantised weights', ({ weight }) => (weight['quantization'] = {}), /quantised/u],
])('%s is refused', (_, change, reason) => {
  const json = changed((parts) => {
    change(parts);
  });
  expect(() => planHead(json)).toThrow(reason);
});

test('weights that are not numbers are refused', () => {
  const files = writeHead(exampleHead(4, [2]), 'test');
  const bytes = bytesOf(files, WEIGHTS_FILE).slice();
  new DataView(bytes.buffer).setFloat32(8, NaN, true);
  expect(() => readHead(planHead(jsonOf(files)), bytes.buffer)).toThrow(ShapeError);
});
