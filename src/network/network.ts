/**
 * A network between formats: what the importers read models into and the
 * writers write files from. Images lie as height, width, channels; batch norms
 * and paddings have gone into the convolutions, and every weight is float32.
 */
import { at } from '../core/at.ts';

/** Sides of one example's output, without the batch: [height, width, channels] or [features]. */
export type Shape = readonly number[];

export type Activation = 'none' | 'relu' | 'relu6';

/** Rows above and below, columns left and right. */
export type Padding = readonly [
  rows: readonly [top: number, bottom: number],
  columns: readonly [left: number, right: number],
];

/** How a kernel or a pooling window goes over an image: [rows, columns]. */
export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
}

interface Base {
  /** Of the layer or node that it comes from; unique. Hostile text. */
  readonly name: string;
  /** Numbers of earlier steps. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
}

/** A step with a weight for every input and output channel, or one for each channel. */
export interface WeightedStep extends Base {
  /**
   * `convolution`: kernel [rows, columns, in, out]; `depthwise`: [rows, columns, out], where each
   * input channel has out / in of them side by side; `dense`: [in, out].
   */
  readonly kind: 'convolution' | 'depthwise' | 'dense';
  readonly kernel: Float32Array<ArrayBuffer>;
  /** [out] */
  readonly bias: Float32Array<ArrayBuffer>;
  /** Not of a dense step: one pixel over one pixel. */
  readonly window: Window;
  readonly activation: Activation;
}

/** Channel by channel `scale · x + offset`. */
export interface AffineStep extends Base {
  readonly kind: 'affine';
  /** [channels] */
  readonly scale: Float32Array<ArrayBuffer>;
  /** [channels] */
  readonly offset: Float32Array<ArrayBuffer>;
  readonly activation: Activation;
}

export interface PoolStep extends Base {
  /** What lies in the padding counts for nothing. */
  readonly kind: 'average-pool';
  readonly window: Window;
}

export type Step =
  | (Base & { readonly kind: 'input' })
  | WeightedStep
  | AffineStep
  | (Base & { readonly kind: 'add'; readonly activation: Activation })
  | PoolStep
  /** The mean over height and width: [channels]. */
  | (Base & { readonly kind: 'global-average' })
  /** `axis` counts without the batch. */
  | (Base & { readonly kind: 'concat'; readonly axis: number })
  | (Base & { readonly kind: 'reshape' })
  /** Over the last side. */
  | (Base & { readonly kind: 'softmax' });

/** Steps in an order in which they can be computed: the first is the input, the last the output. */
export interface Network {
  readonly steps: readonly Step[];
}

/** What a step gave to typical inputs. */
export interface StepStatistics {
  readonly range: readonly [min: number, max: number];
  /** Of each channel, which is an output's last side: [channels]. */
  readonly means: Float32Array;
}

export const ONE_PIXEL: Window = {
  size: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
};

export function elementsOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Its sides are all one, whatever its channels. */
export function isOnePixel(shape: Shape): boolean {
  return shape.slice(0, -1).every((side) => side === 1);
}

export function isPadded([rows, columns]: Padding): boolean {
  return [...rows, ...columns].some((side) => side !== 0);
}

/**
 * The padding that gives `ceil(side / stride)` outputs, the larger half after
 * the image: TensorFlow's SAME.
 *
 * @param image [rows, columns]
 */
export function samePadding(
  { size, strides, dilations }: Omit<Window, 'padding'>,
  image: readonly [number, number],
): Padding {
  const along = (axis: 0 | 1): readonly [number, number] => {
    const covered = (size[axis] - 1) * dilations[axis] + 1;
    const outputs = Math.ceil(image[axis] / strides[axis]);
    const total = Math.max(0, (outputs - 1) * strides[axis] + covered - image[axis]);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  return [along(0), along(1)];
}

/** Whether a window's padding is the one of {@link samePadding}. @param shape of what it goes over. */
export function isSamePadding(window: Window, [rows = 0, columns = 0]: Shape): boolean {
  return String(samePadding(window, [rows, columns])) === String(window.padding);
}

/** Output rows and columns of a window over an image. @param shape of what it goes over. */
export function slide(window: Window, [rows = 0, columns = 0]: Shape): [number, number] {
  const along = (axis: 0 | 1, side: number) => {
    const covered = (window.size[axis] - 1) * window.dilations[axis] + 1;
    const [before, after] = window.padding[axis];
    return Math.floor((side + before + after - covered) / window.strides[axis]) + 1;
  };
  return [along(0, rows), along(1, columns)];
}

/** For each step the one that alone takes its output; null where none does, or several do. */
export function onlyUsers(steps: readonly Step[]): readonly (Step | null)[] {
  const users = steps.map((): Step | null | undefined => undefined);
  for (const step of steps) {
    for (const input of new Set(step.inputs))
      users[input] = users[input] === undefined ? step : null;
  }
  return users.map((user) => user ?? null);
}

/** The network with its output as one row of features: averaged over space where it still has any. */
export function poolFeatures({ steps }: Network): Network {
  const last = steps.at(-1);
  if (last === undefined || last.shape.length === 1) return { steps };
  const [rows = 1, columns = 1] = last.shape;
  const inputs = [steps.length - 1];
  const shape = [last.shape.at(-1) ?? 0];
  const name = uniqueName('features', steps);
  const kind = rows * columns === 1 ? 'reshape' : 'global-average';
  return { steps: [...steps, { kind, name, inputs, shape }] };
}

export function uniqueName(wanted: string, steps: readonly Step[]): string {
  const taken = new Set(steps.map(({ name }) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}

/** A kernel's [pixels, in, out] as [out, in, pixels]: how ONNX and PyTorch have it. */
export function outputsAndChannelsFirst(
  kernel: Float32Array,
  pixels: number,
  inputs: number,
  outputs: number,
): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(kernel.length);
  let index = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        turned[index++] = at(kernel, (pixel * inputs + input) * outputs + output);
      }
    }
  }
  return turned;
}
