import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { WeightSpec } from './model-parts.ts';
import { halfToSingle, openWeights } from './weights.ts';

function open(weights: readonly WeightSpec[], files: readonly Uint8Array<ArrayBuffer>[]) {
  const named = files.map((bytes, index) => ({ name: `${String(index)}.bin`, bytes }));
  const paths = named.map(({ name }) => name);
  const json = {
    kind: 'graph-model',
    topology: {},
    signature: null,
    groups: [{ paths, weights }],
  } as const;
  return openWeights({ json, files: named });
}

const SPECS: readonly WeightSpec[] = [
  { name: 'whole', shape: [3], dtype: 'float32' },
  {
    name: 'bytes:0',
    shape: [5],
    dtype: 'float32',
    quantization: { dtype: 'uint8', scale: 0.037, min: -1.5 },
  },
  {
    name: 'words',
    shape: [2, 2],
    dtype: 'float32',
    quantization: { dtype: 'uint16', scale: 1e-3, min: -3 },
  },
  { name: 'halves', shape: [4], dtype: 'float32', quantization: { dtype: 'float16' } },
  { name: 'integers', shape: [2], dtype: 'int32' },
];
const BYTES = Uint8Array.from({ length: 12 + 5 + 8 + 8 + 8 }, (_, index) => (index * 37) % 120);
BYTES.set([255, 255, 255, 255, 7, 1, 0, 0], 33);

test('weights are decoded as TF.js decodes them, wherever files are cut', async () => {
  await tf.setBackend('cpu');
  const expected = tf.io.decodeWeights(BYTES.slice().buffer, [
    ...SPECS,
  ] as tf.io.WeightsManifestEntry[]);
  for (const cut of [0, 1, 13, 30, BYTES.length]) {
    const weights = open(SPECS, [BYTES.slice(0, cut), BYTES.slice(cut)]);
    for (const { name, shape } of SPECS) {
      const found = weights.get(name.replace(':0', ''));
      expect(found?.shape).toEqual(shape);
      expect(Array.from(found?.values ?? [])).toEqual(Array.from(expected[name]?.dataSync() ?? []));
    }
  }
  tf.dispose(expected);
});

test('nothing is decoded that is not there, nor anything of its size allocated', () => {
  const huge = { name: 'huge', shape: [2 ** 40, 2 ** 10], dtype: 'float32' };
  expect(open([huge], [BYTES]).get('huge')).toBeNull();
  expect(open(SPECS, [BYTES.slice(0, -1)]).get('integers')).toBeNull();
  expect(open(SPECS, [BYTES]).get('__proto__')).toBeNull();
});

test('half precision has its whole range', () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00].map(halfToSingle)).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    -0,
    Infinity,
  ]);
});
