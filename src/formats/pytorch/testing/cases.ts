/** Networks for writers of files, with what they answer by their definition. */
import { at } from '../../../core/at.ts';
import type { Head } from '../../../core/head.ts';
import { computePlainly } from '../../../network/testing/compute-plainly.ts';
import { drawLevels, NetworkWriter } from '../../../network/testing/network-writer.ts';
import { classifierNetwork, scalingOfLevels } from '../../../network/classifier-network.ts';
import { ONE_PIXEL, type Network, type Padding, type Step } from '../../../network/network.ts';
import { exampleHead } from '../../testing/example-classifier.ts';

const RANGE = [-1, 1] as const;

export interface Case {
  readonly title: string;
  readonly network: Network;
  /** Pictures behind one another. */
  readonly levels: readonly number[];
  readonly wanted: readonly number[];
}

/** With the scaling of levels before it and without a head, which would hide differences. */
export function scaledNetwork(backbone: Network): Network {
  const units = at(at(backbone.steps, backbone.steps.length - 1).shape.slice(-1), 0);
  const { steps } = classifierNetwork(backbone, exampleHead(units, [2]), scalingOfLevels(RANGE));
  return { steps: steps.slice(0, -2) };
}

function generated(title: string, { network: backbone }: NetworkWriter): Case {
  return { title, network: scaledNetwork(backbone), ...computed(backbone) };
}

/** Two pictures and what the backbone makes of them. */
function computed(backbone: Network) {
  const pictures = [1, 2].map((seed) => [...drawLevels(at(backbone.steps, 0).shape, seed)]);
  const wanted = pictures.flatMap((levels) =>
    computePlainly(
      backbone,
      levels.map((level) => (level / 255) * 2 - 1),
    ),
  );
  return { levels: pictures.flat(), wanted };
}

const begin = (sidePx: number, outputs: number) =>
  new NetworkWriter(sidePx, sidePx + outputs).convolution({ outputs, side: 3, stride: 2 });

function residuals(sidePx: number): NetworkWriter {
  const writer = begin(sidePx, 7);
  for (const stride of [1, 2, 1]) {
    const from = writer.last;
    writer.convolution({ outputs: 20 }).depthwise({ stride });
    writer.convolution({ outputs: 7, activation: 'none' });
    if (stride === 1) writer.add(from, 'relu');
  }
  return writer.convolution({ outputs: 12 }).average();
}

function branches(): NetworkWriter {
  const writer = new NetworkWriter(16, 6).convolution({ outputs: 6, side: 3, stride: 2 });
  const first = writer.last;
  const parts = [
    writer.pool(4).flatten().last,
    writer.pool(4, { from: 0 }).flatten().last,
    writer.depthwise({}, first).convolution({ outputs: 13 }).pool(8).last,
    writer.convolution({ outputs: 8, side: 5 }, 0).pool(5, { stride: 3 }).flatten().last,
  ];
  return writer.concat(parts).average();
}

function windows(): NetworkWriter {
  const writer = begin(30, 8).depthwise({ side: 5, activation: 'none' });
  writer.convolution({ outputs: 8, side: 4, activation: 'relu' }).depthwise({ side: 5, stride: 3 });
  return writer.convolution({ outputs: 9, side: 2, activation: 'none' }).pool(2).average();
}

/** A whole classifier, its answers by the head's definition. */
export function classifier(title: string, units: readonly number[]): Case {
  const { network: backbone } = residuals(21);
  const head = exampleHead(12, units);
  const { levels, wanted } = computed(backbone);
  const features = [wanted.slice(0, 12), wanted.slice(12)];
  const network = classifierNetwork(backbone, head, scalingOfLevels(RANGE));
  return { title, network, levels, wanted: features.flatMap((one) => answer(head, one)) };
}

/** A head's probabilities by its definition, in double precision. */
export function answer({ layers }: Head, features: readonly number[]): readonly number[] {
  return layers.reduce<readonly number[]>((values, { units, kernel, bias, activation }) => {
    const sums = Array.from(bias, (start, unit) =>
      values.reduce((sum, value, input) => sum + value * at(kernel, input * units + unit), start),
    );
    if (activation === 'relu') return sums.map((sum) => Math.max(0, sum));
    const powers = sums.map(Math.exp);
    return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
  }, features);
}

/** One step over the input or over the input twice, its numbers small enough to follow by hand. */
function single(
  title: string,
  [input, levels]: readonly [shape: readonly number[], levels: readonly number[]],
  step: DistributiveOmit<Step, 'name' | 'inputs'>,
  wanted: readonly number[],
): Case {
  const inputs = step.kind === 'concat' ? [0, 0] : [0];
  const steps: Step[] = [
    { kind: 'input', name: 'input', inputs: [], shape: input },
    { ...step, name: 'step', inputs },
  ];
  return { title, network: { steps }, levels, wanted };
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

const SQUARE = [
  [2, 2, 1],
  [1, 2, 3, 4],
] as const;
const TWO_CHANNELS = [
  [2, 2, 2],
  [1, 2, 3, 4, 5, 6, 7, 8],
] as const;
const ABOVE_AND_RIGHT: Padding = [
  [1, 0],
  [0, 1],
];

export const CASES: readonly Case[] = [
  generated('inverted residuals, even sides', residuals(28)),
  generated('inverted residuals, odd sides', residuals(37)),
  generated('windows of 2 to 5 pixels, strides up to 3', windows()),
  generated('features of several depths side by side', branches()),
  classifier('a whole classifier', [3]),
  classifier('a whole classifier with hidden layers', [6, 5, 3]),
  single(
    'a convolution padded above and right, dilated along columns',
    SQUARE,
    {
      kind: 'convolution',
      shape: [2, 1, 1],
      kernel: Float32Array.of(1, 10, 100, 1000),
      bias: Float32Array.of(0.5),
      window: { size: [2, 2], strides: [1, 1], dilations: [1, 2], padding: ABOVE_AND_RIGHT },
      activation: 'none',
    },
    [100.5, 301.5],
  ),
  single(
    'a convolution of one row, with strides of their own',
    SQUARE,
    {
      kind: 'convolution',
      shape: [1, 2, 1],
      kernel: Float32Array.of(1, 10),
      bias: Float32Array.of(0),
      window: {
        ...ONE_PIXEL,
        size: [1, 2],
        strides: [2, 1],
        padding: [
          [0, 0],
          [1, 0],
        ],
      },
      activation: 'none',
    },
    [10, 21],
  ),
  single(
    'a depthwise convolution with two outputs a channel',
    TWO_CHANNELS,
    {
      kind: 'depthwise',
      shape: [2, 2, 4],
      kernel: Float32Array.of(1, -1, 10, 0.5),
      bias: Float32Array.of(0, 0, 0, 1),
      window: ONE_PIXEL,
      activation: 'relu6',
    },
    [1, 0, 6, 2, 3, 0, 6, 3, 5, 0, 6, 4, 6, 0, 6, 5],
  ),
  single(
    'an average for which the padding counts for nothing',
    SQUARE,
    {
      kind: 'average-pool',
      shape: [2, 2, 1],
      window: { ...ONE_PIXEL, size: [2, 2], padding: ABOVE_AND_RIGHT },
    },
    [1.5, 2, 2.5, 3],
  ),
  single(
    'scales and offsets of their own, and an activation',
    TWO_CHANNELS,
    {
      kind: 'affine',
      shape: [2, 2, 2],
      scale: Float32Array.of(1, -0.5),
      offset: Float32Array.of(-2, 3),
      activation: 'relu',
    },
    [0, 2, 1, 1, 3, 0, 5, 0],
  ),
  single(
    'rows under rows',
    TWO_CHANNELS,
    { kind: 'concat', shape: [4, 2, 2], axis: 0 },
    [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8],
  ),
  single(
    'columns beside columns',
    TWO_CHANNELS,
    { kind: 'concat', shape: [2, 4, 2], axis: 1 },
    [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8],
  ),
  single(
    'channels after channels',
    TWO_CHANNELS,
    { kind: 'concat', shape: [2, 2, 4], axis: 2 },
    [1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8],
  ),
  single(
    'an image as features: pixel by pixel',
    TWO_CHANNELS,
    { kind: 'reshape', shape: [8] },
    [1, 2, 3, 4, 5, 6, 7, 8],
  ),
  single(
    'an image as another image',
    TWO_CHANNELS,
    { kind: 'reshape', shape: [1, 4, 2] },
    [1, 2, 3, 4, 5, 6, 7, 8],
  ),
  single(
    'probabilities of every pixel',
    [
      [1, 2, 2],
      [0, Math.log(3), 5, 5],
    ],
    { kind: 'softmax', shape: [1, 2, 2] },
    [0.25, 0.75, 0.5, 0.5],
  ),
];
