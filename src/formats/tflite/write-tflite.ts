import { at } from '../../core/at.ts';
import {
  isPadded,
  isSamePadding,
  type Network,
  type Shape,
  type Step,
  type WeightedStep,
  type Window,
  type StepStatistics,
} from '../../network/network.ts';
import { FloatNumbers } from './float-numbers.ts';
import { Int8Numbers } from './int8-numbers.ts';
import { type Numbers, TfliteFile } from './tflite-file.ts';
import * as options from './operators.ts';
import { serialiseTflite } from './serialise.ts';

export type TfliteOptions = TflitePrecision & {
  /** Examples that it takes at once. */
  readonly batch: number;
  /** Bytes of Model Metadata to carry; none where they aren't given. */
  readonly metadata?: Uint8Array;
};

/**
 * How exactly weights are kept, `float32` where nothing is said. `float16` is for kernels and convolutions’ biases and takes
 * half the room; runtimes make float32 of it when they load the file. `int8` takes a quarter and is
 * also computed in, so that how well it answers depends on the pictures and is to be measured.
 */
export type TflitePrecision =
  | { readonly precision?: 'float32' | 'float16' }
  | {
      readonly precision: 'int8';
      /** What each step of the network gave to typical inputs. */
      readonly statistics: readonly StepStatistics[];
    };

/**
 * A network as a TensorFlow Lite file, for LiteRT and every TensorFlow Lite runtime since 2.0: one
 * input [batch, height, width, channels], one output [batch, …], both float32.
 *
 * @throws RangeError where the statistics aren't one for each step, or a range isn't of finite numbers.
 */
export function writeTflite({ steps }: Network, given: TfliteOptions): Uint8Array<ArrayBuffer> {
  const file = new TfliteFile(given.batch);
  const numbers =
    given.precision === 'int8'
      ? new Int8Numbers(file, steps, given.statistics)
      : new FloatNumbers(file, steps, given.precision ?? 'float32');
  const first = at(steps, 0);
  const input = file.single(first.name, first.shape);
  const writing: Writing = { file, numbers, steps, outputs: [numbers.enter(input, first)] };
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'input') writing.outputs.push(writeStep(writing, step, index));
  }
  const output = numbers.leave(at(writing.outputs, steps.length - 1), at(steps, steps.length - 1));
  return serialiseTflite({
    description: 'Headstart',
    numbers: numbers.kind,
    tensors: file.tensors,
    operators: file.operators,
    inputs: [['image', input]],
    outputs: [['output', output]],
    metadata: given.metadata ?? null,
  });
}

interface Writing {
  readonly file: TfliteFile;
  readonly numbers: Numbers;
  readonly steps: readonly Step[];
  /** The tensors of the steps so far. */
  readonly outputs: number[];
}

/** @returns the tensor that it gives. */
function writeStep(
  writing: Writing,
  step: Exclude<Step, { kind: 'input' }>,
  index: number,
): number {
  const { file, numbers, steps } = writing;
  const inputs = step.inputs.map((input) => at(writing.outputs, input));
  const x = at(inputs, 0);
  const shape = at(steps, at(step.inputs, 0)).shape;
  const output = numbers.computed(index, x);
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return writeConvolution(writing, step, x, shape, output);
    case 'dense':
      return writeDense(writing, step, x, shape, output);
    case 'affine':
      return numbers.scale(step, x, output);
    case 'add':
      return file.run('add', inputs, output, options.add(step.activation));
    case 'average-pool': {
      const table = options.pool(step.window, paddingOf(step.window, shape));
      return file.run('averagePool', [x], output, table);
    }
    case 'global-average': {
      const axes = file.integers(`${step.name}/axes`, [2], [1, 2]);
      return file.run('mean', [x, axes], output, options.mean());
    }
    case 'concat': {
      const sides = numbers.beside(inputs, output);
      return file.run('concatenation', sides, output, options.concatenation(step.axis + 1));
    }
    case 'reshape': {
      const sides = [file.batch, ...step.shape];
      const newShape = file.integers(`${step.name}/shape`, [sides.length], sides);
      return file.run('reshape', [x, newShape], output, options.reshape());
    }
    case 'softmax':
      return file.run('softmax', [x], output, options.softmax());
  }
}

function writeConvolution(
  { file, numbers }: Writing,
  { name, kind, window, activation, kernel, bias, shape }: WeightedStep,
  x: number,
  input: Shape,
  output: number,
): number {
  const channels = at(input, 2);
  const outputs = at(shape, 2);
  const padding = paddingOf(window, input);
  const padded = padding === 'same' ? x : writePadding({ file, numbers }, name, x, input, window);
  if (kind === 'depthwise') {
    const sides = [1, ...window.size, outputs];
    const laid = { name, shape: sides, kernel, bias, outputs: 'last', operator: kind } as const;
    const table = options.depthwise(window, padding, activation, outputs / channels);
    return file.run(kind, [padded, ...numbers.weights(laid, x)], output, table);
  }
  const laid = {
    name,
    shape: [outputs, ...window.size, channels],
    kernel: outputsFirst(kernel, outputs),
    bias,
    outputs: 'first',
    operator: 'convolution',
  } as const;
  const table = options.convolution(window, padding, activation);
  return file.run('convolution', [padded, ...numbers.weights(laid, x)], output, table);
}

/**
 * Without any padding SAME should mean the same as VALID, but tfjs-tflite 0.0.1-alpha.10, an older
 * runtime, then answers otherwise where a stride is longer than its window.
 */
function paddingOf(window: Window, input: Shape): 'same' | 'valid' {
  return isPadded(window.padding) && isSamePadding(window, input) ? 'same' : 'valid';
}

/** Padding that isn't TensorFlow's own is a step of its own. */
function writePadding(
  { file, numbers }: Pick<Writing, 'file' | 'numbers'>,
  name: string,
  x: number,
  input: Shape,
  window: Window,
): number {
  if (!isPadded(window.padding)) return x;
  const [rows, columns] = window.padding;
  const sides = file.integers(`${name}/padding`, [4, 2], [0, 0, ...rows, ...columns, 0, 0]);
  const image = [0, 1].map(
    (axis) => at(input, axis) + at(window.padding, axis)[0] + at(window.padding, axis)[1],
  );
  const padded = numbers.alike(x, `${name}/padded`, [...image, at(input, 2)]);
  return file.run('pad', [x, sides], padded, options.pad());
}

function writeDense(
  { file, numbers }: Writing,
  { name, kernel, bias, activation }: WeightedStep,
  x: number,
  input: Shape,
  output: number,
): number {
  const units = bias.length;
  const laid = {
    name,
    shape: [units, at(input, 0)],
    kernel: outputsFirst(kernel, units),
    bias,
    outputs: 'first',
    operator: 'fullyConnected',
  } as const;
  const inputs = [x, ...numbers.weights(laid, x)];
  return file.run('fullyConnected', inputs, output, options.dense(activation));
}

/** A kernel [… , out] as [out, …]. */
function outputsFirst(kernel: Float32Array, outputs: number): Float32Array {
  const rest = kernel.length / outputs;
  const turned = new Float32Array(kernel.length);
  for (let output = 0; output < outputs; output++) {
    for (let index = 0; index < rest; index++) {
      turned[output * rest + index] = at(kernel, index * outputs + output);
    }
  }
  return turned;
}
