import * as tf from '@tensorflow/tfjs-core';
import type { FeatureRunner } from './backbone.ts';
import type { FoldedConvolution, FoldedNetwork, FoldedStep } from './fold-layers.ts';
import type { ModelParts } from './model-parts.ts';

/** Weights of one convolution, its batch norm folded in. */
interface ConvolutionWeights {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/** A folded network with its weights on the device. @throws where a weight is missing. */
export function createFoldedRunner({ steps }: FoldedNetwork, parts: ModelParts): FeatureRunner {
  const weights = foldWeights(steps, parts);
  const lastUse = findLastUses(steps);
  return {
    run: (input) =>
      tf.tidy(() => {
        const outputs: tf.Tensor4D[] = [];
        for (const [index, step] of steps.entries()) {
          const output = runStep(step, input, outputs, weights[index]);
          outputs.push(output);
          // A batch of feature maps is megabytes: it goes as soon as nothing needs it.
          for (const [earlier, last] of lastUse.entries()) {
            if (last === index && earlier > 0) outputs[earlier]?.dispose();
          }
        }
        return tf.mean(outputs.at(-1) ?? input, [1, 2]);
      }),
    dispose: () => {
      for (const each of weights) {
        each?.kernel.dispose();
        each?.bias.dispose();
      }
    },
  };
}

function runStep(
  step: FoldedStep,
  input: tf.Tensor4D,
  outputs: readonly tf.Tensor4D[],
  weights: ConvolutionWeights | null | undefined,
): tf.Tensor4D {
  if (step.kind === 'input') return input;
  const inputs = step.inputs.map((index) => outputs[index]).filter((each) => each !== undefined);
  const [first] = inputs;
  if (first === undefined) throw new RangeError('a step before its input');
  if (step.kind === 'add') return tf.addN(inputs);
  if (weights === null || weights === undefined) throw new RangeError('no weights');
  return convolve(first, step.convolution, weights);
}

function convolve(
  x: tf.Tensor4D,
  { type, strides, dilations, padding, activation }: FoldedConvolution,
  { kernel, bias }: ConvolutionWeights,
): tf.Tensor4D {
  const settings = {
    x,
    filter: kernel,
    bias,
    strides: [...strides] as [number, number],
    dilations: [...dilations] as [number, number],
    pad: explicitPadding(padding),
    dataFormat: 'NHWC',
    activation,
  } as const;
  if (type === 'full') return tf.fused.conv2d(settings);
  // Its types leave explicit padding out; every backend takes it (core's conv_util.computeConv2DInfo).
  return tf.fused.depthwiseConv2d<tf.Tensor4D>(settings as DepthwiseSettings);
}

type DepthwiseSettings = Parameters<typeof tf.fused.depthwiseConv2d<tf.Tensor4D>>[0];

function explicitPadding(padding: FoldedConvolution['padding']) {
  if (padding === 'same') return 'same';
  const [[top, bottom], [left, right]] = padding;
  const pads: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return top + bottom + left + right === 0 ? 'valid' : pads;
}

/** For each step the last one that needs its output; the last step's own is needed to the end. */
function findLastUses(steps: readonly FoldedStep[]): readonly number[] {
  const last = steps.map(() => steps.length);
  steps.forEach((step, index) => {
    for (const input of step.kind === 'input' ? [] : step.inputs) last[input] = index;
  });
  return last;
}

/** Decodes the model's weights and folds the batch norms; nothing else stays on the device. */
function foldWeights(
  steps: readonly FoldedStep[],
  { json, files }: ModelParts,
): (ConvolutionWeights | null)[] {
  const buffers = files.slice(1).map(({ bytes }) => bytes.slice().buffer);
  const folded: (ConvolutionWeights | null)[] = [];
  tf.tidy(() => {
    const decoded = tf.io.decodeWeights(
      buffers,
      json.groups.flatMap((group) => [...group.weights]),
    );
    const named = new Map(
      Object.entries(decoded).map(([name, tensor]) => [name.replace(/:0$/u, ''), tensor]),
    );
    const weight = (layer: string, name: string) => {
      const tensor = named.get(`${layer}/${name}`);
      if (tensor === undefined) throw new Error(`no weight ${layer}/${name}`);
      return tensor;
    };
    for (const step of steps) {
      if (step.kind !== 'convolution') folded.push(null);
      else folded.push(keepWeights(foldBatchNorm(step.convolution, weight)));
    }
  });
  return folded;
}

function keepWeights({ kernel, bias }: ConvolutionWeights): ConvolutionWeights {
  return { kernel: tf.keep(kernel), bias: tf.keep(bias) };
}

/**
 * `γ · (conv(x) + b − μ) / √(σ² + ε) + β` is a convolution with the kernel
 * times `s = γ / √(σ² + ε)` and the bias `(b − μ) · s + β`.
 */
function foldBatchNorm(
  { type, layer, hasBias, batchNorm }: FoldedConvolution,
  weight: (layer: string, name: string) => tf.Tensor,
): ConvolutionWeights {
  const kernel = weight(layer, type === 'full' ? 'kernel' : 'depthwise_kernel') as tf.Tensor4D;
  const [, , channels, perChannel] = kernel.shape;
  const outputs = type === 'full' ? perChannel : channels * perChannel;
  const bias = hasBias ? (weight(layer, 'bias') as tf.Tensor1D) : tf.zeros<tf.Rank.R1>([outputs]);
  if (batchNorm === null) return { kernel: kernel.clone(), bias: bias.clone() };
  const norm = batchNorm.layer;
  const spread = tf.rsqrt(tf.add(weight(norm, 'moving_variance'), batchNorm.epsilon));
  const scale = batchNorm.scale ? tf.mul(weight(norm, 'gamma'), spread) : spread;
  const centred = tf.mul(tf.sub(bias, weight(norm, 'moving_mean')), scale);
  return {
    kernel: tf.mul(kernel, type === 'full' ? scale : tf.reshape(scale, [channels, perChannel])),
    bias: batchNorm.center ? tf.add(centred, weight(norm, 'beta')) : (centred as tf.Tensor1D),
  };
}
