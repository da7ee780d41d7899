/** Reads the configurations of single Keras layers; null for what isn't known here. */
import type { LayerNode } from './layers-topology.ts';
import { isRecord } from './model-parts.ts';
import type { Activation, Padding } from '../network.ts';

export interface Convolution {
  readonly type: 'convolution' | 'depthwise';
  readonly hasBias: boolean;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: 'same' | Padding;
  readonly activation: Activation;
}

export interface BatchNorm {
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

export function readConvolution({ className, config }: LayerNode): Convolution | null {
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

export function readBatchNorm({ config }: LayerNode): BatchNorm | null {
  const { axis = -1, epsilon, center, scale } = config;
  const [last] = Array.isArray(axis) ? (axis as unknown[]) : [axis];
  if ((last !== -1 && last !== 3) || typeof epsilon !== 'number') return null;
  return { epsilon, center: center !== false, scale: scale !== false };
}

/** `2`, `[2, 2]` or `[[0, 1], [0, 1]]`. */
export function readPadding({ padding, data_format: format }: LayerNode['config']): Padding | null {
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
export function readActivation({ activation }: LayerNode['config']): Activation | null {
  const name = isRecord(activation) ? activation['class_name'] : (activation ?? 'linear');
  if (name === 'linear') return 'none';
  return name === 'relu' || name === 'relu6' ? name : null;
}

/** Of the `ReLU` layer. */
export function readRelu(config: LayerNode['config']): Activation | null {
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
