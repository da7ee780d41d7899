import { at } from '../../core/at.ts';
import {
  isPadded,
  isSamePadding,
  onlyUsers,
  type Activation,
  type Network,
  type Padding,
  type Shape,
  type Step,
  type WeightedStep,
} from '../../network/network.ts';

/** A layer of a functional Keras model, as TF.js and Keras write it. */
export interface KerasLayer {
  readonly className: string;
  /** Unique, of letters, digits and underscores: it becomes a part of paths and scopes. */
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Numbers of the layers that feed it. */
  readonly inputs: readonly number[];
  /** In the order in which Keras has them. */
  readonly weights: readonly KerasWeight[];
}

export interface KerasWeight {
  /** `kernel`, `bias`, `gamma` and so on. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A layer that can't be had as Keras layers. */
export class NoKerasLayer extends Error {}

/**
 * A network as layers that Keras and TF.js have had from the start: nothing newer than TF.js 1.3
 * knows. The first layer is the input, the last one the output.
 *
 * @throws NoKerasLayer
 */
export function kerasLayers({ steps }: Network): readonly KerasLayer[] {
  const list = new LayerList();
  const outputs: number[] = [];
  const users = onlyUsers(steps);
  for (const [index, step] of steps.entries()) {
    // A softmax that is all that follows a dense layer is that layer's activation.
    const softmax = users[index]?.kind === 'softmax';
    const inputs = step.inputs.map((input) => at(outputs, input));
    const shape = step.inputs.length === 0 ? step.shape : at(steps, at(step.inputs, 0)).shape;
    outputs.push(addStep(list, step, inputs, shape, softmax));
  }
  return list.layers;
}

class LayerList {
  readonly layers: KerasLayer[] = [];
  readonly #names = new Set<string>();
  /** The number that a name's last twin got: a thousand of one name are not counted through each time. */
  readonly #twins = new Map<string, number>();

  /** @returns its number. */
  add(
    className: string,
    wanted: string,
    inputs: readonly number[],
    config: Readonly<Record<string, unknown>>,
    weights: readonly KerasWeight[] = [],
  ): number {
    const name = this.#freeName(wanted);
    this.layers.push({ className, name, config, inputs, weights });
    return this.layers.length - 1;
  }

  #freeName(wanted: string): string {
    const plain = wanted.replace(/\W+/gu, '_').replace(/^(?![A-Za-z])/u, 'layer_');
    let name = plain;
    while (this.#names.has(name.toLowerCase())) {
      const number = (this.#twins.get(plain) ?? 1) + 1;
      this.#twins.set(plain, number);
      name = `${plain}_${String(number)}`;
    }
    this.#names.add(name.toLowerCase());
    return name;
  }
}

/** @returns the number of the layer that gives the step's output. */
function addStep(
  list: LayerList,
  step: Step,
  inputs: readonly number[],
  shape: Shape,
  softmax: boolean,
): number {
  const { name } = step;
  switch (step.kind) {
    case 'input':
      return list.add('InputLayer', name, [], {
        batch_input_shape: [null, ...step.shape],
        dtype: 'float32',
        sparse: false,
      });
    case 'convolution':
    case 'depthwise':
      return addConvolution(list, step, inputs, shape);
    case 'dense': {
      const { kernel, bias, activation } = step;
      const units = bias.length;
      const config = {
        units,
        activation: softmax ? 'softmax' : activation === 'relu' ? 'relu' : 'linear',
        use_bias: true,
      };
      const layer = list.add('Dense', name, inputs, config, [
        { name: 'kernel', shape: [kernel.length / units, units], values: kernel },
        { name: 'bias', shape: [units], values: bias },
      ]);
      return activation === 'relu6' ? addActivation(list, name, layer, activation) : layer;
    }
    case 'affine': {
      const { scale, offset, activation } = step;
      const channels = scale.length;
      const weight = (own: string, values: Float32Array) => ({
        name: own,
        shape: [channels],
        values,
      });
      const layer = list.add(
        'BatchNormalization',
        name,
        inputs,
        { axis: -1, momentum: 0.99, epsilon: EPSILON, center: true, scale: true },
        [
          weight('gamma', scale),
          weight('beta', offset),
          weight('moving_mean', new Float32Array(channels)),
          weight('moving_variance', new Float32Array(channels).fill(1 - EPSILON)),
        ],
      );
      return addActivation(list, name, layer, activation);
    }
    case 'add':
      return addActivation(list, name, list.add('Add', name, inputs, {}), step.activation);
    case 'average-pool': {
      const { size, strides, padding } = step.window;
      const same = isSamePadding(step.window, shape);
      if (!same && isPadded(padding)) throw new NoKerasLayer(`${name}: a pooling that pads`);
      return list.add('AveragePooling2D', name, inputs, {
        pool_size: size,
        strides,
        padding: same ? 'same' : 'valid',
        data_format: 'channels_last',
      });
    }
    case 'global-average':
      return list.add('GlobalAveragePooling2D', name, inputs, { data_format: 'channels_last' });
    case 'concat':
      return list.add('Concatenate', name, inputs, { axis: step.axis + 1 });
    case 'reshape':
      return list.add('Reshape', name, inputs, { target_shape: step.shape });
    case 'softmax': {
      const [input = 0] = inputs;
      const before = at(list.layers, input);
      if (before.config['activation'] === 'softmax') return input;
      return list.add('Activation', name, inputs, { activation: 'softmax' });
    }
  }
}

/** A power of two: `1 − ε` and `1 − ε + ε` are then exact in single precision. */
const EPSILON = 2 ** -10;

function addConvolution(
  list: LayerList,
  step: WeightedStep,
  inputs: readonly number[],
  shape: Shape,
): number {
  const { name, kind, kernel, bias, window, activation } = step;
  const { size, strides, dilations } = window;
  const [rows, columns] = size;
  const channels = at(shape, 2);
  const same = isSamePadding(window, shape);
  const from = same ? inputs : addPadding(list, name, inputs, window.padding);
  const config = {
    kernel_size: size,
    strides,
    padding: same ? 'same' : 'valid',
    data_format: 'channels_last',
    dilation_rate: dilations,
    activation: activation === 'relu' ? 'relu' : 'linear',
    use_bias: true,
  };
  const biasWeight = { name: 'bias', shape: [bias.length], values: bias };
  const layer =
    kind === 'depthwise'
      ? list.add(
          'DepthwiseConv2D',
          name,
          from,
          { ...config, depth_multiplier: bias.length / channels },
          [
            {
              name: 'depthwise_kernel',
              shape: [rows, columns, channels, bias.length / channels],
              values: kernel,
            },
            biasWeight,
          ],
        )
      : list.add('Conv2D', name, from, { ...config, filters: bias.length }, [
          { name: 'kernel', shape: [rows, columns, channels, bias.length], values: kernel },
          biasWeight,
        ]);
  return activation === 'relu6' ? addActivation(list, name, layer, activation) : layer;
}

function addPadding(
  list: LayerList,
  name: string,
  inputs: readonly number[],
  padding: Padding,
): readonly number[] {
  if (!isPadded(padding)) return inputs;
  const config = { padding, data_format: 'channels_last' };
  return [list.add('ZeroPadding2D', `${name}_pad`, inputs, config)];
}

function addActivation(
  list: LayerList,
  name: string,
  layer: number,
  activation: Activation,
): number {
  if (activation === 'none') return layer;
  const config = { max_value: activation === 'relu6' ? 6 : null };
  return list.add('ReLU', `${name}_relu`, [layer], config);
}
