import { beforeAll, describe, expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import type { KerasLayer } from '../layers/keras-layers.ts';
import { writeHdf5 } from './hdf5.ts';
import { branchingLayers, branchingOrder } from './testing/branching-layers.ts';
import { classifierLayers } from './testing/classifier-layers.ts';
import {
  listLibraryFiles,
  readHdf5,
  readStored,
  type Hdf5Content,
  type ZippedFile,
} from './testing/read-back.ts';
import { writeKeras } from './write-keras.ts';
import { writeKerasH5 } from './write-keras-h5.ts';

const OPTIONS = { app: 'Headstart 1.2.3' };
const classifier = classifierLayers();

interface Config {
  readonly class_name: string;
  readonly module?: string;
  readonly config: {
    readonly layers: readonly ConfigLayer[];
    readonly input_layers: unknown;
    readonly output_layers: unknown;
  };
}

interface ConfigLayer {
  readonly name: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: unknown;
}

const parseConfig = (text: string) => JSON.parse(text) as Config;

describe('a .keras file', () => {
  let files: readonly ZippedFile[];
  let config: Config;
  let weights: Hdf5Content;
  beforeAll(async () => {
    files = await readStored(await writeKeras(classifier, OPTIONS));
    config = parseConfig(new TextDecoder().decode(at(files, 1).bytes));
    weights = await readHdf5(at(files, 2).bytes);
  });

  it('has the three files that Keras has, stored', () => {
    expect(files.map(({ name, method }) => [name, method])).toEqual([
      ['metadata.json', 0],
      ['config.json', 0],
      ['model.weights.h5', 0],
    ]);
    const metadata: unknown = JSON.parse(new TextDecoder().decode(at(files, 0).bytes));
    expect(metadata).toEqual({ keras_version: '3.0.0', generated_by: OPTIONS.app });
  });

  it('describes a functional model of Keras 3', () => {
    expect(config).toMatchObject({
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      registered_name: 'Functional',
      config: { input_layers: [['input_1', 0, 0]], output_layers: [['logits', 0, 0]] },
    });
    const [input, scaled] = config.config.layers;
    expect(input).toEqual({
      module: 'keras.layers',
      class_name: 'InputLayer',
      name: 'input_1',
      config: { name: 'input_1', batch_shape: [null, 33, 33, 3], dtype: 'float32', sparse: false },
      registered_name: null,
      inbound_nodes: [],
    });
    expect(scaled).toMatchObject({
      class_name: 'BatchNormalization',
      config: { name: 'scaled', trainable: true, dtype: 'float32', axis: -1 },
      inbound_nodes: [[['input_1', 0, 0, {}]]],
    });
  });

  it('says of a depthwise convolution only what Keras 3 knows', () => {
    const found = config.config.layers.find((layer) => layer.class_name === 'DepthwiseConv2D');
    expect(Object.keys(found?.config ?? {}).sort()).toEqual([
      'activation',
      'data_format',
      'depth_multiplier',
      'dilation_rate',
      'dtype',
      'kernel_size',
      'name',
      'padding',
      'strides',
      'trainable',
      'use_bias',
    ]);
  });

  it('has every weight where Keras looks for it, by class and number', () => {
    const counts = new Map<string, number>();
    const wanted = new Map<string, unknown>();
    for (const layer of classifier) {
      const folder = SNAKE_CASE[layer.className] ?? layer.className;
      const count = counts.get(folder) ?? 0;
      counts.set(folder, count + 1);
      const path = `layers/${folder}${count === 0 ? '' : `_${String(count)}`}/vars`;
      expect(weights.attributes.get(`${path}@name`)).toBe(layer.name);
      for (const [index, { shape, values }] of layer.weights.entries())
        wanted.set(`${path}/${String(index)}`, { shape, values });
    }
    expect(counts.get('conv2d')).toBeGreaterThan(2);
    expect(weights.data).toEqual(wanted);
    expect(weights.groups).toContain('vars');
  });
});

/** Written out, so that nothing here is worked out the way the writer does it. */
const SNAKE_CASE: Readonly<Record<string, string>> = {
  InputLayer: 'input_layer',
  BatchNormalization: 'batch_normalization',
  ZeroPadding2D: 'zero_padding2d',
  Conv2D: 'conv2d',
  DepthwiseConv2D: 'depthwise_conv2d',
  ReLU: 're_lu',
  Add: 'add',
  GlobalAveragePooling2D: 'global_average_pooling2d',
  Dense: 'dense',
};

describe('a whole-model .h5 file', () => {
  let content: Hdf5Content;
  beforeAll(async () => {
    content = await readHdf5(await writeKerasH5(classifier, OPTIONS));
  });

  it('describes a functional model of Keras 2', () => {
    expect(content.attributes.get('@keras_version')).toBe('2.15.0');
    expect(content.attributes.get('@backend')).toBe('tensorflow');
    expect(content.attributes.get('@generated_by')).toBe(OPTIONS.app);
    const config = parseConfig(content.attributes.get('@model_config') as string);
    expect(config.class_name).toBe('Model');
    expect(config.config.layers.at(0)).toEqual({
      class_name: 'InputLayer',
      name: 'input_1',
      // With nothing more: Keras 2 refuses what it doesn't know.
      config: {
        name: 'input_1',
        batch_input_shape: [null, 33, 33, 3],
        dtype: 'float32',
        sparse: false,
      },
      inbound_nodes: [],
    });
    expect(config.config.layers.map(({ name }) => name)).toEqual(
      classifier.map(({ name }) => name),
    );
    expect(config.config.output_layers).toEqual([['logits', 0, 0]]);
  });

  it('names every weight after its layer, in Keras’s order', () => {
    const weighted = classifier.filter((layer) => layer.weights.length > 0);
    expect(content.attributes.get('model_weights@layer_names')).toEqual(
      weighted.map(({ name }) => name),
    );
    const wanted = new Map<string, unknown>();
    for (const { name, weights } of weighted) {
      const names = weights.map((weight) => `${name}/${weight.name}:0`);
      expect(content.attributes.get(`model_weights/${name}@weight_names`)).toEqual(names);
      for (const [index, { shape, values }] of weights.entries())
        wanted.set(`model_weights/${name}/${at(names, index)}`, { shape, values });
    }
    expect(content.data).toEqual(wanted);
    expect(wanted.has('model_weights/deep/deep/depthwise_kernel:0')).toBe(true);
  });

  it('divides names that are too long for one attribute', async () => {
    const long = (index: number) => `layer_${String(index)}_${'x'.repeat(2000)}`;
    const many: KerasLayer[] = Array.from({ length: 70 }, (_, index) => ({
      className: index === 0 ? 'InputLayer' : 'Dense',
      name: long(index),
      config: index === 0 ? { batch_input_shape: [null, 1] } : { units: 1, use_bias: false },
      inputs: index === 0 ? [] : [index - 1],
      weights:
        index === 0 ? [] : [{ name: 'kernel', shape: [1, 1], values: Float32Array.of(index) }],
    }));
    const { attributes } = await readHdf5(await writeKerasH5(many, OPTIONS));
    expect(attributes.has('model_weights@layer_names')).toBe(false);
    const parts = [0, 1, 2].map((part) =>
      attributes.get(`model_weights@layer_names${String(part)}`),
    ) as string[][];
    expect(parts.flat()).toEqual(many.slice(1).map(({ name }) => name));
  });
});

describe('layers in another order than Keras’s', () => {
  it('lie in a .keras file by Keras’s numbers', async () => {
    const files = await readStored(await writeKeras(branchingLayers, OPTIONS));
    const { config } = parseConfig(new TextDecoder().decode(at(files, 1).bytes));
    expect(config.layers.map(({ name }) => name)).toEqual(branchingOrder);
    const { attributes } = await readHdf5(at(files, 2).bytes);
    const names = ['', '_1', '_2'].map((n) => attributes.get(`layers/conv2d${n}/vars@name`));
    expect(names).toEqual(['first', 'shortcut', 'second']);
  });

  it('are listed in an .h5 file in Keras’s order', async () => {
    const { attributes } = await readHdf5(await writeKerasH5(branchingLayers, OPTIONS));
    expect(attributes.get('model_weights@layer_names')).toEqual([
      'first',
      'shortcut',
      'second',
      'each',
    ]);
  });
});

describe('the library’s file system', () => {
  it('is as it was after a file, after a failure of ours and after one of HDF5’s', async () => {
    const before = await listLibraryFiles();
    await writeKerasH5(branchingLayers, OPTIONS);
    await expect(
      writeHdf5(() => {
        throw new Error('ours');
      }),
    ).rejects.toThrow('ours');
    await expect(
      writeHdf5((root) => {
        for (const shape of [[1], [1]])
          root.create_dataset({ name: 'twice', data: Float32Array.of(1), shape });
      }),
    ).rejects.toThrow('HDF5');
    expect(await listLibraryFiles()).toEqual(before);
    // The next file is none the worse for it.
    const content = await readHdf5(await writeKerasH5(branchingLayers, OPTIONS));
    expect(content.data.size).toBe(8);
  });
});
