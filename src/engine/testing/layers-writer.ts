/** A layers model in the making, with seeded weights, as Keras's converter writes one. */
import {
  createWeightSource,
  fanInOf,
  writeModel,
  type Convolution,
  type Depthwise,
  type GeneratedFile,
  type GeneratedWeight,
} from './model-writer.ts';

interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly inbound_nodes: unknown[];
}

type KerasPadding = 'same' | 'valid';

const EPSILON = 1e-3;

export type LayersWriter = ReturnType<typeof createLayersWriter>;

/** Every method that adds returns the name of its layer. */
export function createLayersWriter(seed: number) {
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
  const convolution = (size: number, stride: number, padding: KerasPadding) => ({
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
    pad: (name: string, input: string, [before, after]: readonly [number, number]) => {
      const padding = [
        [before, after],
        [before, after],
      ];
      return layer('ZeroPadding2D', name, [input], { padding });
    },
    add: (name: string, one: string, other: string) => layer('Add', name, [one, other], {}),
    input: (sidePx: number) =>
      layer('InputLayer', 'input_1', [], {
        batch_input_shape: [null, sidePx, sidePx, 3],
        dtype: 'float32',
        sparse: false,
      }),
    conv: (name: string, input: string, asked: Convolution, padding: KerasPadding = 'same') => {
      const { size, channels, filters, stride } = asked;
      const shape = [size, size, channels, filters];
      weights.push(source.kernel(`${name}/kernel`, shape, fanInOf(asked)));
      return layer('Conv2D', name, [input], { filters, ...convolution(size, stride, padding) });
    },
    depthwise: (
      name: string,
      input: string,
      { channels, stride }: Depthwise,
      padding: KerasPadding = 'same',
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
    write: (name: string, output: string): GeneratedFile[] =>
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
