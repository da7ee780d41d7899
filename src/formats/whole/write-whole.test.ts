import { expect, test, vi } from 'vitest';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { exampleHead, exampleSource } from '../testing/example-classifier.ts';
import { writeWhole } from './write-whole.ts';

vi.mock('h5wasm', () => {
  throw new TypeError('Failed to fetch dynamically imported module');
});

const head = exampleHead(24, [3]);
const { backbone } = exampleSource();
const source = exampleSource({
  head,
  backbone: { ...backbone, inputSidePx: 65, embeddingLength: 24, featureLayer: 'last_BN_relu' },
  backboneFiles: tinyLayersModel({ sidePx: 65 }),
});

test('a library that can’t be fetched is said; formats that don’t need it are written', async () => {
  const write = (format: 'keras' | 'onnx') =>
    writeWhole(source, { format, precision: 'float32', app: 'a test' });
  expect(await write('keras')).toEqual({
    ok: false,
    problem: { code: 'part-not-fetched', part: 'h5wasm' },
  });
  expect(await write('onnx')).toMatchObject({ ok: true, value: [{ name: 'model.onnx' }, {}, {}] });
});
