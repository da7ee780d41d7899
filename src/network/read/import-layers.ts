import { NotTranslatable } from './step-list.ts';
import { foldBatchNorm, type Building, type Operation } from './operation.ts';
import { readLayers, type LayerNode } from './layers-topology.ts';
import { isRecord, type ModelJson } from './model-parts.ts';
import type { Activation, Padding } from '../network.ts';

/** A layers model's layers, each with the way to build it. */
export function layerOperations(json: ModelJson): {
  operations: readonly Operation[];
  output: string | null;
} {
  const facts = readLayers(json);
  const operations = (facts?.layers ?? []).map((layer) => ({
    name: layer.name,
    type: layer.className,
    inputs: layer.inputs,
    build: (building: Building) => {
      const build = Object.hasOwn(LAYERS, layer.className) ? LAYERS[layer.className] : undefined;
      if (build === undefined) throw new NotTranslatable('it is not known here');
      build(layer, building);
    },
  }));
  return { operations, output: facts?.output ?? null };
}

const LAYERS: Readonly<Record<string, (layer: LayerNode, building: Building) => void>> = {
  InputLayer: ({ name }, { network, inputSidePx }) => {
    network.input(name, [inputSidePx, inputSidePx, 3]);
  },
  ZeroPadding2D: ({ name, config, inputs: [source = ''] }, { network }) => {
    network.pad(name, source, known(readPadding(config)));
  },
  Conv2D: convolve,
  DepthwiseConv2D: convolve,
  BatchNormalization: normalise,
  ReLU: ({ name, config, inputs: [source = ''] }, { network }) => {
    network.activate(name, source, known(readRelu(config)));
  },
  Activation: ({ name, config, inputs: [source = ''] }, { network }) => {
    if (config['activation'] === 'softmax') network.softmax(name, source);
    else network.activate(name, source, known(readActivation(config)));
  },
  Add: ({ name, inputs }, { network }) => {
    network.add(name, inputs);
  },
  Concatenate: ({ name, config, inputs }, { network }) => {
    const { axis = -1 } = config;
    if (typeof axis !== 'number') throw new NotTranslatable('an axis that is no number');
    network.concat(name, inputs, axis < 0 ? axis : axis - 1);
  },
  Dropout: ({ name, inputs: [source = ''] }, { network }) => {
    network.alias(name, source);
  },
  GlobalAveragePooling2D: ({ name, config, inputs: [source = ''] }, { network }) => {
    if (config['keepdims'] === true) throw new NotTranslatable('a pooling that keeps its sides');
    network.globalAverage(name, source);
  },
  Flatten: ({ name, inputs: [source = ''] }, { network }) => {
    network.reshape(name, source, [-1]);
  },
  Reshape: ({ name, config, inputs: [source = ''] }, { network }) => {
    const { target_shape: shape } = config;
    const sides = Array.isArray(shape) ? (shape as unknown[]).map(Number) : [NaN];
    network.reshape(name, source, sides);
  },
  Dense: ({ name, config, inputs: [source = ''] }, { network, weight }) => {
    const kernel = weight(`${name}/kernel`);
    const bias = config['use_bias'] === false ? null : weight(`${name}/bias`);
    const isSoftmax = config['activation'] === 'softmax';
    const activation = isSoftmax ? 'none' : known(readActivation(config));
    const answer = isSoftmax ? `${name}/logits` : name;
    network.dense(answer, source, { kernel, bias, activation });
    if (isSoftmax) network.softmax(name, answer);
  },
};

function convolve(layer: LayerNode, { network, weight }: Building): void {
  const { type, hasBias, activation, ...wanted } = known(readConvolution(layer));
  const { name, inputs } = layer;
  const kernel = weight(`${name}/${type === 'depthwise' ? 'depthwise_kernel' : 'kernel'}`);
  const bias = hasBias ? weight(`${name}/bias`) : null;
  network.convolve(name, inputs[0] ?? '', type, { kernel, bias, activation }, wanted);
}

function normalise(layer: LayerNode, { network, weight }: Building): void {
  const { epsilon, center, scale } = known(readBatchNorm(layer));
  const { name, inputs } = layer;
  const mean = weight(`${name}/moving_mean`).values;
  const variance = weight(`${name}/moving_variance`).values;
  const gamma = scale ? weight(`${name}/gamma`).values : null;
  const beta = center ? weight(`${name}/beta`).values : null;
  const folded = foldBatchNorm({ mean, variance, gamma, beta, epsilon });
  network.scale(name, inputs[0] ?? '', folded.scale, folded.offset);
}

function known<T>(config: T | null): T {
  if (config === null) throw new NotTranslatable('a setting that has no equal');
  return config;
}

// The configurations of single layers; null for what isn't known here.

interface Convolution {
  readonly type: 'convolution' | 'depthwise';
  readonly hasBias: boolean;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: 'same' | Padding;
  readonly activation: Activation;
}

interface BatchNorm {
  readonly epsilon: number;
  /** Whether it has β. */
  readonly center: boolean;
  /** Whether it has γ. */
  readonly scale: boolean;
}

const NO_PADDING: Padding = [
  [0, 0],
  [0, 0],
];

function readConvolution({ className, config }: LayerNode): Convolution | null {
  const strides = readPair(config['strides'] ?? 1);
  const dilations = readPair(config['dilation_rate'] ?? 1);
  const activation = readActivation(config);
  const { padding, groups = 1, use_bias: useBias, data_format: format } = config;
  if (strides === null || dilations === null || activation === null || groups !== 1) return null;
  if ((padding !== 'same' && padding !== 'valid') || format === 'channels_first') return null;
  return {
    type: className === 'DepthwiseConv2D' ? 'depthwise' : 'convolution',
    hasBias: useBias !== false,
    strides,
    dilations,
    padding: padding === 'same' ? 'same' : NO_PADDING,
    activation,
  };
}

function readBatchNorm({ config }: LayerNode): BatchNorm | null {
  const { axis = -1, epsilon, center, scale } = config;
  const [last] = Array.isArray(axis) ? (axis as unknown[]) : [axis];
  if ((last !== -1 && last !== 3) || typeof epsilon !== 'number') return null;
  return { epsilon, center: center !== false, scale: scale !== false };
}

/** `2`, `[2, 2]` or `[[0, 1], [0, 1]]`. */
function readPadding({ padding, data_format: format }: LayerNode['config']): Padding | null {
  if (format === 'channels_first') return null;
  const pair = readPair(padding);
  if (pair !== null) {
    const [rows, columns] = pair;
    return [
      [rows, rows],
      [columns, columns],
    ];
  }
  const [first, second] = Array.isArray(padding) ? (padding as unknown[]) : [];
  const rows = readPair(first);
  const columns = readPair(second);
  return rows === null || columns === null ? null : [rows, columns];
}

/** Of the `Activation` layer, or of a layer that has one. */
function readActivation({ activation }: LayerNode['config']): Activation | null {
  const name = isRecord(activation) ? activation['class_name'] : (activation ?? 'linear');
  if (name === 'linear') return 'none';
  return name === 'relu' || name === 'relu6' ? name : null;
}

/** Of the `ReLU` layer. */
function readRelu(config: LayerNode['config']): Activation | null {
  const { max_value: max, negative_slope: slope, threshold } = config;
  if ((slope ?? 0) !== 0 || (threshold ?? 0) !== 0) return null;
  if (max === 6) return 'relu6';
  return (max ?? null) === null ? 'relu' : null;
}

function readPair(value: unknown): [number, number] | null {
  if (typeof value === 'number') return [value, value];
  const [first, second] = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof first === 'number' && typeof second === 'number' ? [first, second] : null;
}
