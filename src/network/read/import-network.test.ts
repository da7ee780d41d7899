import { describe, expect, it } from 'vitest';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel, type TinyLayersOptions } from '../../engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import { importNetwork, type ImportRequest } from './import-network.ts';
import type { ModelJson, ModelParts } from './model-parts.ts';
import { poolFeatures, type Network } from '../network.ts';

function read(parts: ModelParts, request: Partial<ImportRequest> = {}): Network {
  const network = importNetwork(parts, { inputSidePx: 64, output: null, ...request });
  if (!network.ok) throw new Error(JSON.stringify(network.problem));
  return network.value;
}

function readLayers(options: TinyLayersOptions): Network {
  const { sidePx = 64 } = options;
  return read(partsOf(tinyLayersModel(options)), { inputSidePx: sidePx });
}

const kinds = ({ steps }: Network) => steps.map(({ kind }) => kind).join(' ');

describe('a layers model', () => {
  const folded =
    'input convolution depthwise convolution convolution depthwise convolution add ' +
    'depthwise convolution';

  it('leaves nothing but convolutions and additions', () => {
    const network = readLayers({});
    expect(kinds(network)).toBe(folded);
    expect(network.steps[1]).toMatchObject({
      name: 'stem',
      shape: [32, 32, 8],
      activation: 'relu6',
      window: {
        size: [3, 3],
        strides: [2, 2],
        padding: [
          [0, 1],
          [0, 1],
        ],
      },
    });
    expect(network.steps.at(-1)?.shape).toEqual([16, 16, 24]);
    expect(poolFeatures(network).steps.at(-1)).toMatchObject({
      kind: 'global-average',
      shape: [24],
    });
  });

  it('is read to its classifier, or to any layer', () => {
    expect(kinds(readLayers({ top: true }))).toBe(`${folded} global-average dense softmax`);
    const parts = partsOf(tinyLayersModel({ top: true }));
    expect(kinds(read(parts, { output: 'pool' }))).toBe(`${folded} global-average`);
  });

  it('keeps an odd map as Keras pads it', () => {
    expect(readLayers({ sidePx: 51 }).steps.map(({ shape }) => shape[0])).toEqual([
      51, 25, 25, 25, 25, 25, 25, 25, 12, 12,
    ]);
  });

  it('does not fold what something else sees', () => {
    const parts = partsOf(tinyLayersModel());
    const { topology, ...json } = parts.json;
    const text = JSON.stringify(topology).replace(
      '[["block_project_BN",0,0,{}],["project_BN",0,0,{}]]',
      '[["block_project",0,0,{}],["project_BN",0,0,{}]]',
    );
    const changed = { ...json, topology: JSON.parse(text) as ModelJson['topology'] };
    const network = read({ ...parts, json: changed });
    expect(kinds(network)).toContain('convolution affine convolution');
  });

  it('names the layer that it does not know', () => {
    const parts = partsOf(tinyLayersModel({ unknownLayer: true }));
    expect(importNetwork(parts, { inputSidePx: 64, output: null })).toEqual({
      ok: false,
      problem: {
        code: 'model-not-translatable',
        layer: 'max',
        operation: 'MaxPooling2D',
        reason: 'it is not known here',
      },
    });
  });
});

/** A graph of nodes given as [name, op, inputs], with weights by name. */
function graphOf(
  nodes: readonly (readonly [string, string, readonly string[], object?])[],
  weights: Readonly<Record<string, readonly number[]>> = {},
): ModelParts {
  const constants = Object.keys(weights).map((name) => ({ name, op: 'Const', attr: {} }));
  const node = nodes.map(([name, op, input, attr = {}]) => ({ name, op, input, attr }));
  const values = Float32Array.from(Object.values(weights).flat());
  const group = {
    paths: ['w.bin'],
    weights: Object.entries(weights).map(([name, numbers]) => ({
      name,
      shape: [numbers.length],
      dtype: 'float32',
    })),
  };
  return {
    json: {
      kind: 'graph-model',
      topology: { node: [...constants, ...node] },
      signature: null,
      groups: [group],
    },
    files: [
      { name: 'model.json', bytes: new Uint8Array() },
      { name: 'w.bin', bytes: new Uint8Array(values.buffer) },
    ],
  };
}

const IMAGE = ['image', 'Placeholder', []] as const;

function refusal(parts: ModelParts, request: Partial<ImportRequest> = {}) {
  const read = importNetwork(parts, { inputSidePx: 8, output: null, ...request });
  return read.ok ? 'read' : read.problem;
}

describe('a graph model', () => {
  it('is read to its features and to its answers', () => {
    const parts = partsOf(tinyMobilenet({ sidePx: 96, fromHub: true }));
    const output = 'module_apply_default/MobilenetV2/Logits/AvgPool';
    const features = read(parts, { inputSidePx: 96, output });
    expect(kinds(features)).toBe(
      'input affine convolution depthwise convolution depthwise convolution depthwise ' +
        'convolution average-pool',
    );
    // 2x, then less 1, from TF Hub's [0, 1].
    expect(features.steps[1]).toMatchObject({
      scale: Float32Array.of(2, 2, 2),
      offset: Float32Array.of(-1, -1, -1),
    });
    expect(poolFeatures(features).steps.at(-1)).toMatchObject({ kind: 'reshape', shape: [32] });
    expect(kinds(read(parts, { inputSidePx: 96 }))).toMatch(/average-pool convolution reshape$/u);
  });

  it.each<[string, ModelParts, object]>([
    [
      'an operation that it does not know',
      graphOf([IMAGE, ['grow', 'ResizeBilinear', ['image']]]),
      { layer: 'grow', operation: 'ResizeBilinear' },
    ],
    [
      'a name of every object',
      graphOf([IMAGE, ['odd', 'constructor', ['image']]]),
      { layer: 'odd' },
    ],
    [
      'a weight that is missing',
      graphOf([IMAGE, ['c', 'Const', []], ['add', 'AddV2', ['image', 'c']]]),
      { layer: 'add', reason: 'no weight c' },
    ],
    [
      'weights of another length',
      graphOf([IMAGE, ['add', 'BiasAdd', ['image', 'b']]], { b: [1, 2] }),
      { layer: 'add', reason: '2 values for 3 channels' },
    ],
    [
      'a circle',
      graphOf([
        ['a', 'Relu', ['b']],
        ['b', 'Relu', ['a']],
      ]),
      { layer: '', reason: 'no single output' },
    ],
    ['no input', graphOf([['a', 'Relu', ['nobody']]]), { layer: 'a', reason: 'no single output' }],
    [
      'a product with itself',
      graphOf([IMAGE, ['square', 'Mul', ['image', 'image']]]),
      { layer: 'square', reason: 'a weight that is computed' },
    ],
    [
      'a shape for one batch size',
      graphOf([IMAGE, ['flat', 'Reshape', ['image', 's']]], { s: [2, 96] }),
      { layer: 'flat' },
    ],
    [
      'an output too large to be meant',
      graphOf([IMAGE, ['wide', 'Pad', ['image', 'p']], ['pool', 'AvgPool', ['wide']]], {
        p: [0, 0, 1e9, 0, 1e9, 0, 0, 0],
      }),
      { layer: 'pool' },
    ],
  ])('refuses %s and says where', (_, parts, problem) => {
    expect(refusal(parts)).toMatchObject({ code: 'model-not-translatable', ...problem });
  });

  it('reads activations and scalings wherever they stand', () => {
    const network = read(
      graphOf(
        [
          IMAGE,
          ['active', 'Relu', ['image']],
          ['scaled', 'Mul', ['two', 'active']],
          ['less', 'Sub', ['scaled', 'one']],
          ['mean', 'Mean', ['less', 'axes'], { keep_dims: { b: true } }],
          ['joined', 'ConcatV2', ['mean', 'mean', 'last']],
          ['flat', 'Squeeze', ['joined'], { squeeze_dims: { list: { i: ['1', '2'] } } }],
          ['answer', 'Softmax', ['flat']],
        ],
        { two: [2], one: [1], axes: [1, 2], last: [3] },
      ),
    );
    expect(kinds(network)).toBe(
      'input affine affine global-average reshape concat reshape softmax',
    );
    expect(network.steps[1]).toMatchObject({ activation: 'relu' });
    expect(network.steps[2]).toMatchObject({
      scale: Float32Array.of(2, 2, 2),
      offset: Float32Array.of(-1, -1, -1),
    });
    expect(network.steps.at(-1)?.shape).toEqual([6]);
  });
});
