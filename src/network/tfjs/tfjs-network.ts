import * as tf from '@tensorflow/tfjs-core';
import { at } from '../../core/at.ts';
import {
  isPadded,
  isSamePadding,
  type Activation,
  type Network,
  type Step,
  type WeightedStep,
} from '../network.ts';

/** Weights of one step on the device. */
interface StepWeights {
  readonly kernel: tf.Tensor;
  readonly bias: tf.Tensor1D;
}

/** A network by TF.js's fused operations. */
export interface TfjsNetwork {
  /**
   * @param input [count, …shape] of the first step; scaled pictures, where it is the network's own.
   * @param from the step that gives the input. Later ones look at nothing before it.
   * @param to the last step that is run: the end, where none is named.
   */
  readonly run: (input: tf.Tensor, from?: number, to?: number) => tf.Tensor;
  readonly dispose: () => void;
}

/** @param observe sees what each step gives, in order; only while it runs. */
export function createTfjsNetwork(
  { steps }: Network,
  observe: (output: tf.Tensor, step: number) => void = () => undefined,
): TfjsNetwork {
  const weights = steps.map((step) => uploadWeights(step, steps));
  const lastUse = findLastUses(steps);
  return {
    run: (input, from = 0, to = steps.length - 1) =>
      tf.tidy(() => {
        const outputs = new Map([[from, input]]);
        observe(input, from);
        for (let index = from + 1; index <= to; index++) {
          const output = runStep(at(steps, index), outputs, weights[index] ?? null, steps);
          outputs.set(index, output);
          observe(output, index);
          // A batch of feature maps is megabytes: it goes as soon as nothing needs it.
          for (const earlier of at(steps, index).inputs) {
            if (earlier !== from && lastUse[earlier] === index) outputs.get(earlier)?.dispose();
          }
        }
        return outputAt(outputs, to);
      }),
    dispose: () => {
      for (const each of weights) {
        each?.kernel.dispose();
        each?.bias.dispose();
      }
    },
  };
}

type Outputs = ReadonlyMap<number, tf.Tensor>;

function outputAt(outputs: Outputs, step: number): tf.Tensor {
  const output = outputs.get(step);
  if (output === undefined) throw new RangeError(`nothing of step ${step}`);
  return output;
}

function uploadWeights(step: Step, steps: readonly Step[]): StepWeights | null {
  if (step.kind === 'affine') {
    return { kernel: tf.tensor1d(step.scale), bias: tf.tensor1d(step.offset) };
  }
  if (!('kernel' in step)) return null;
  const shape = kernelShape(step, inputShape(step, steps));
  return { kernel: tf.tensor(step.kernel, shape), bias: tf.tensor1d(step.bias) };
}

function kernelShape(step: WeightedStep, input: readonly number[]): number[] {
  const channels = at(input, input.length - 1);
  const outputs = at(step.shape, step.shape.length - 1);
  if (step.kind === 'dense') return [channels, outputs];
  const last = step.kind === 'depthwise' ? outputs / channels : outputs;
  return [...step.window.size, channels, last];
}

function inputShape(step: Step, steps: readonly Step[]): readonly number[] {
  return at(steps, at(step.inputs, 0)).shape;
}

function runStep(
  step: Step,
  outputs: Outputs,
  weights: StepWeights | null,
  steps: readonly Step[],
): tf.Tensor {
  const inputs = step.inputs.map((index) => outputAt(outputs, index));
  const x = at(inputs, 0);
  switch (step.kind) {
    case 'input':
      throw new RangeError('a second input');
    case 'convolution':
    case 'depthwise':
    case 'dense':
      return weigh(step, x, weights, inputShape(step, steps));
    case 'affine': {
      if (weights === null) throw new RangeError('no weights');
      return activate(tf.add(tf.mul(x, weights.kernel), weights.bias), step.activation);
    }
    case 'add':
      return activate(tf.addN(inputs), step.activation);
    case 'average-pool': {
      const { size, strides } = step.window;
      const padding = paddingOf(step, inputShape(step, steps));
      if (typeof padding !== 'string') throw new RangeError('a padded pooling');
      return tf.avgPool(x as tf.Tensor4D, [...size], [...strides], padding);
    }
    case 'global-average':
      return tf.mean(x, [1, 2]);
    case 'concat':
      return tf.concat(inputs, step.axis + 1);
    case 'reshape':
      return tf.reshape(x, [-1, ...step.shape]);
    case 'softmax':
      return tf.softmax(x);
  }
}

function weigh(
  step: WeightedStep,
  x: tf.Tensor,
  weights: StepWeights | null,
  input: readonly number[],
): tf.Tensor {
  if (weights === null) throw new RangeError('no weights');
  const { kernel, bias } = weights;
  const activation = step.activation === 'none' ? 'linear' : step.activation;
  if (step.kind === 'dense') {
    return tf.fused.matMul({ a: x, b: kernel, bias, activation });
  }
  const settings = {
    x: x as tf.Tensor4D,
    filter: kernel as tf.Tensor4D,
    bias,
    strides: [...step.window.strides] as [number, number],
    dilations: [...step.window.dilations] as [number, number],
    pad: paddingOf(step, input),
    dataFormat: 'NHWC',
    activation,
  } as const;
  if (step.kind === 'convolution') return tf.fused.conv2d(settings);
  // Its types leave explicit padding out; every backend takes it (core's conv_util.computeConv2DInfo).
  return tf.fused.depthwiseConv2d<tf.Tensor4D>(settings as DepthwiseSettings);
}

type DepthwiseSettings = Parameters<typeof tf.fused.depthwiseConv2d<tf.Tensor4D>>[0];
type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

function paddingOf(
  { window }: Extract<Step, { readonly window: unknown }>,
  input: readonly number[],
): 'same' | 'valid' | ExplicitPadding {
  if (!isPadded(window.padding)) return 'valid';
  if (isSamePadding(window, input)) return 'same';
  const [[top, bottom], [left, right]] = window.padding;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  if (activation === 'none') return x;
  return activation === 'relu' ? tf.relu(x) : tf.relu6(x);
}

/** For each step the last one that needs its output; the last step's own is needed to the end. */
function findLastUses(steps: readonly Step[]): readonly number[] {
  const last = steps.map(() => steps.length);
  steps.forEach((step, index) => {
    for (const input of step.inputs) last[input] = index;
  });
  return last;
}
