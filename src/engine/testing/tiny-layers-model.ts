/**
 * A Keras-style layers model of MobileNetV2's shape with seeded weights: batch
 * norms, zero padding, a residual addition. What tests use where there are no
 * real weights.
 */
import {
  createWeightSource,
  writeModel,
  type GeneratedFile,
  type GeneratedWeight,
} from './model-writer.ts';

export interface TinyLayersOptions {
  readonly seed?: number;
  /** Of the model: tells its input range if it sounds like a MobileNet. */
  readonly name?: string;
  readonly sidePx?: number;
  readonly features?: number;
  /** A pooling and a classifier on top. */
  readonly top?: boolean;
  /** A layer in the middle that folding doesn't know. */
  readonly unknownLayer?: boolean;
}

interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly inbound_nodes: unknown[];
}

const EPSILON = 1e-3;

/** @returns model.json and its one weight file. */
export function tinyLayersModel(options: TinyLayersOptions = {}): GeneratedFile[] {
  const { seed = 1, sidePx = 64, features = 24, top = false, unknownLayer = false } = options;
  const { name = 'mobilenetv2_tiny' } = options;
  const net = createNetwork(seed);
  let last = net.input(sidePx);
  last = net.layer('ZeroPadding2D', 'stem_pad', [last], {
    padding: [
      [0, 1],
      [0, 1],
    ],
  });
  last = net.relu(net.norm(net.conv('stem', last, 3, 3, 8, 2, 'valid'), 8));
  last = net.relu(net.norm(net.depthwise('block_depthwise', last, 8, 1), 8));
  const narrow = net.norm(net.conv('block_project', last, 1, 8, 8, 1, 'same'), 8);
  last = net.relu(net.norm(net.conv('expand', narrow, 1, 8, 16, 1, 'same'), 16));
  last = net.relu(net.norm(net.depthwise('deep', last, 16, 1), 16));
  last = net.norm(net.conv('project', last, 1, 16, 8, 1, 'same'), 8);
  last = net.layer('Add', 'add', [narrow, last], {});
  if (unknownLayer) last = net.layer('MaxPooling2D', 'max', [last], POOLING);
  // Keras's own networks pad by hand before every stride.
  last = net.layer('ZeroPadding2D', 'down_pad', [last], {
    padding: [
      [0, 1],
      [0, 1],
    ],
  });
  last = net.relu(net.norm(net.depthwise('down', last, 8, 2, 'valid'), 8));
  last = net.relu(net.norm(net.conv('last', last, 1, 8, features, 1, 'same'), features));
  if (top) {
    last = net.layer('GlobalAveragePooling2D', 'pool', [last], {});
    last = net.dense('predictions', last, features, 3);
  }
  return net.write(name, last);
}

const POOLING = { pool_size: [2, 2], strides: [2, 2], padding: 'valid' };

function createNetwork(seed: number) {
  const layers: KerasLayer[] = [];
  const weights: GeneratedWeight[] = [];
  const source = createWeightSource(seed);
  const layer = (
    className: string,
    name: string,
    inputs: readonly string[],
    config: KerasLayer['config'],
  ) => {
    const inbound = inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])];
    const full = { name, trainable: true, ...config };
    layers.push({ class_name: className, name, config: full, inbound_nodes: inbound });
    return name;
  };
  const convolution = (size: number, stride: number, padding: string) => ({
    kernel_size: [size, size],
    strides: [stride, stride],
    padding,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: false,
  });

  return {
    layer,
    input: (sidePx: number) =>
      layer('InputLayer', 'input_1', [], {
        batch_input_shape: [null, sidePx, sidePx, 3],
        dtype: 'float32',
        sparse: false,
      }),
    conv: (
      name: string,
      input: string,
      size: number,
      channels: number,
      filters: number,
      stride: number,
      padding: string,
    ) => {
      const shape = [size, size, channels, filters];
      weights.push(source.kernel(`${name}/kernel`, shape, size * size * channels));
      return layer('Conv2D', name, [input], { filters, ...convolution(size, stride, padding) });
    },
    depthwise: (
      name: string,
      input: string,
      channels: number,
      stride: number,
      padding = 'same',
    ) => {
      weights.push(source.kernel(`${name}/depthwise_kernel`, [3, 3, channels, 1], 9));
      const config = { depth_multiplier: 1, ...convolution(3, stride, padding) };
      return layer('DepthwiseConv2D', name, [input], config);
    },
    norm: (input: string, channels: number) => {
      const name = `${input}_BN`;
      weights.push(
        source.uniform(`${name}/gamma`, channels, 0.7, 1.3),
        source.uniform(`${name}/beta`, channels, -0.2, 0.4),
        source.uniform(`${name}/moving_mean`, channels, -0.3, 0.3),
        source.uniform(`${name}/moving_variance`, channels, 0.4, 1.5),
      );
      const config = { axis: -1, momentum: 0.99, epsilon: EPSILON, center: true, scale: true };
      return layer('BatchNormalization', name, [input], config);
    },
    relu: (input: string) => layer('ReLU', `${input}_relu`, [input], { max_value: 6 }),
    dense: (name: string, input: string, inputs: number, units: number) => {
      weights.push(source.kernel(`${name}/kernel`, [inputs, units], inputs));
      weights.push(source.uniform(`${name}/bias`, units, 0, 0));
      return layer('Dense', name, [input], { units, activation: 'softmax', use_bias: true });
    },
    write: (name: string, output: string) =>
      writeModel(
        {
          format: 'layers-model',
          generatedBy: 'keras',
          modelTopology: {
            class_name: 'Model',
            config: {
              name,
              layers,
              input_layers: [['input_1', 0, 0]],
              output_layers: [[output, 0, 0]],
            },
            keras_version: 'tfjs-layers',
            backend: 'tensor_flow.js',
          },
        },
        weights,
      ),
  };
}
