import { describe, expect, it } from 'vitest';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import { checkWeights, groupBytes, parseModelJson } from './model-parts.ts';

function parse(value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return parseModelJson('model.json', new TextEncoder().encode(text));
}

const GRAPH = { node: [] };

describe('parseModelJson', () => {
  it.each([
    ['cut off', '{"modelTopology": {'],
    ['a list', '[]'],
    ['without topology', { weightsManifest: [] }],
    ['of another kind', { modelTopology: { cells: [] }, weightsManifest: [] }],
    ['without manifest', { modelTopology: GRAPH }],
    ['with a strange manifest', { modelTopology: GRAPH, weightsManifest: [{ paths: 'x' }] }],
    ['with a negative shape', manifestOf({ name: 'w', shape: [-1], dtype: 'float32' })],
    [
      'that names a file twice',
      { modelTopology: GRAPH, weightsManifest: [{ paths: ['a/w.bin', 'b/w.bin'], weights: [] }] },
    ],
    ['with an unknown type', manifestOf({ name: 'w', shape: [1], dtype: 'string' })],
  ])('refuses one %s', (_, value) => {
    expect(parse(value)).toMatchObject({ ok: false, problem: { code: 'model-json-invalid' } });
  });

  it('tells graph models from layers models', () => {
    expect(parse({ modelTopology: GRAPH, weightsManifest: [] })).toMatchObject({
      value: { kind: 'graph-model' },
    });
    expect(parse({ modelTopology: { model_config: {} }, weightsManifest: [] })).toMatchObject({
      value: { kind: 'layers-model' },
    });
  });
});

function manifestOf(...weights: unknown[]) {
  return { modelTopology: GRAPH, weightsManifest: [{ paths: ['w.bin'], weights }] };
}

describe('groupBytes', () => {
  it('counts quantised weights as they are stored', () => {
    const json = parse(
      manifestOf(
        { name: 'a', shape: [3, 4], dtype: 'float32' },
        { name: 'b', shape: [5], dtype: 'float32', quantization: { dtype: 'uint8' } },
        { name: 'c', shape: [], dtype: 'float32', quantization: { dtype: 'float16' } },
      ),
    );
    expect(json.ok && json.value.groups.map(groupBytes)).toEqual([48 + 5 + 2]);
  });
});

describe('checkWeights', () => {
  it('passes what is whole and names what is not', () => {
    const parts = partsOf(tinyMobilenet());
    expect(checkWeights(parts).ok).toBe(true);
    const files = parts.files.map(({ name, bytes }) => ({
      name,
      bytes: name === 'weights.bin' ? bytes.slice(0, 100) : bytes,
    }));
    expect(checkWeights({ ...parts, files })).toMatchObject({
      ok: false,
      problem: { code: 'model-weights-short', file: 'weights.bin', foundBytes: 100 },
    });
  });
});
