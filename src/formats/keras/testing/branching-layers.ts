import type { KerasLayer, KerasWeight } from '../../layers/keras-layers.ts';

/**
 * A shortcut that is listed before the longer way beside it, of the same shapes: whoever gives weights
 * out in the order of this list, and not in Keras's, mixes the two up and meets no error.
 */
export const branchingLayers: readonly KerasLayer[] = [
  {
    className: 'InputLayer',
    name: 'image',
    config: { batch_input_shape: [null, 4, 4, 2], dtype: 'float32', sparse: false },
    inputs: [],
    weights: [],
  },
  pointwise('shortcut', 0, 1),
  pointwise('first', 0, 2),
  pointwise('second', 2, 3),
  { className: 'Add', name: 'sum', config: {}, inputs: [1, 3], weights: [] },
  pointwise('unused', 4, 4),
  {
    className: 'DepthwiseConv2D',
    name: 'each',
    config: { ...convolution([3, 3]), depth_multiplier: 1 },
    inputs: [4],
    weights: [weight('depthwise_kernel', [3, 3, 2, 1], 5), weight('bias', [2], 6)],
  },
  { className: 'ReLU', name: 'each_relu', config: { max_value: 6 }, inputs: [6], weights: [] },
];

/** Names in Keras's order. */
export const branchingOrder = [
  'image',
  'first',
  'shortcut',
  'second',
  'sum',
  'each',
  'each_relu',
] as const;

function pointwise(name: string, input: number, seed: number): KerasLayer {
  return {
    className: 'Conv2D',
    name,
    config: { ...convolution([1, 1]), filters: 2 },
    inputs: [input],
    weights: [weight('kernel', [1, 1, 2, 2], seed), weight('bias', [2], seed + 0.5)],
  };
}

function convolution(size: readonly [number, number]) {
  return {
    kernel_size: size,
    strides: [1, 1],
    padding: 'same',
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: true,
  };
}

function weight(name: string, shape: readonly number[], seed: number): KerasWeight {
  const length = shape.reduce((product, side) => product * side, 1);
  return { name, shape, values: Float32Array.from({ length }, (_, index) => seed + index / 64) };
}
