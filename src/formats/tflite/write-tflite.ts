import { at } from '../../core/at.ts';
import { singleToHalf } from '../layers/half.ts';
import {
  isPadded,
  isSamePadding,
  type Network,
  type Shape,
  type Step,
  type WeightedStep,
  type Window,
} from '../network/network.ts';
import * as options from './options.ts';
import type { OperatorName, OptionTable } from './schema.ts';
import {
  serialiseTflite,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './serialise.ts';

export interface TfliteOptions {
  /** Examples that it takes at once. */
  readonly batch: number;
  /**
   * How kernels are kept, and convolutions' biases; float32 where it isn't given. What else is a
   * vector stays float32: scales, and the biases of dense layers, in which large numbers cancel out.
   */
  readonly precision?: TflitePrecision;
  /** Bytes of Model Metadata to carry; none where they aren't given. */
  readonly metadata?: Uint8Array;
}

/** `float16` takes half the room; runtimes make float32 of it when they load the file. */
export type TflitePrecision = 'float32' | 'float16';

/**
 * A network as a TensorFlow Lite file, for LiteRT and every TensorFlow Lite runtime since 2.0: one
 * input [batch, height, width, channels], one output [batch, …], both float32.
 */
export function writeTflite(
  { steps }: Network,
  { batch, precision = 'float32', metadata }: TfliteOptions,
): Uint8Array<ArrayBuffer> {
  const file = new TfliteFile(batch, precision);
  const outputs: number[] = [];
  for (const step of steps) outputs.push(writeStep(file, step, steps, outputs));
  const [input, output] = [at(outputs, 0), at(outputs, outputs.length - 1)];
  return serialiseTflite({ ...file.finish(input, output), metadata: metadata ?? null });
}

/** A file in the making. */
class TfliteFile {
  readonly #tensors: TfliteTensor[] = [];
  readonly #operators: TfliteOperator[] = [];
  readonly batch: number;
  readonly #precision: TflitePrecision;

  constructor(batch: number, precision: TflitePrecision) {
    this.batch = batch;
    this.#precision = precision;
  }

  /** @param shape without the batch. @returns the number of the tensor. */
  computed(name: string, shape: Shape): number {
    return this.#push({ name, type: 'float32', shape: [this.batch, ...shape], data: null });
  }

  vector(name: string, values: Float32Array): number {
    return this.#push({ name, type: 'float32', shape: [values.length], data: bytesOf(values) });
  }

  /** In the precision asked for. */
  weights(name: string, shape: Shape, values: Float32Array): number {
    if (this.#precision === 'float32') {
      return this.#push({ name, type: 'float32', shape, data: bytesOf(values) });
    }
    const data = bytesOf(Uint16Array.from(values, toHalf));
    const half = this.#push({ name: `${name}/float16`, type: 'float16', shape, data });
    const single = this.#push({ name, type: 'float32', shape, data: null });
    return this.run('dequantize', [half], single, null);
  }

  integers(name: string, shape: Shape, values: readonly number[]): number {
    return this.#push({ name, type: 'int32', shape, data: bytesOf(Int32Array.from(values)) });
  }

  /** @returns its output. */
  run(
    name: OperatorName,
    inputs: readonly number[],
    output: number,
    table: OptionTable | null,
  ): number {
    this.#operators.push({ name, inputs, outputs: [output], options: table });
    return output;
  }

  finish(input: number, output: number): Omit<TfliteModel, 'metadata'> {
    return {
      description: 'Headstart',
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: [['image', input]],
      outputs: [['output', output]],
    };
  }

  #push(tensor: TfliteTensor): number {
    return this.#tensors.push(tensor) - 1;
  }
}

/** TensorFlow Lite is little-endian, as is every machine with a browser. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const LARGEST_HALF = 65504;

/** Held within what float16 has: an infinite weight would make all answers NaN. */
function toHalf(value: number): number {
  return singleToHalf(Math.min(LARGEST_HALF, Math.max(-LARGEST_HALF, value)));
}

/** @param outputs numbers of the tensors that earlier steps made. @returns that of this step's. */
function writeStep(
  file: TfliteFile,
  step: Step,
  steps: readonly Step[],
  outputs: readonly number[],
): number {
  const output = file.computed(step.name, step.shape);
  if (step.kind === 'input') return output;
  const inputs = step.inputs.map((index) => at(outputs, index));
  const x = at(inputs, 0);
  const shape = at(steps, at(step.inputs, 0)).shape;
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return writeConvolution(file, step, x, shape, output);
    case 'dense':
      return writeDense(file, step, x, shape, output);
    case 'affine': {
      const { name, scale, offset, activation } = step;
      const scaled = file.computed(`${name}/scaled`, step.shape);
      const factors = [x, file.vector(`${name}/scale`, scale)];
      file.run('multiply', factors, scaled, options.multiply());
      const added = [scaled, file.vector(`${name}/offset`, offset)];
      return file.run('add', added, output, options.add(activation));
    }
    case 'add':
      return file.run('add', inputs, output, options.add(step.activation));
    case 'average-pool': {
      const padding = isSamePadding(step.window, shape) ? 'same' : 'valid';
      return file.run('averagePool', [x], output, options.pool(step.window, padding));
    }
    case 'global-average': {
      const axes = file.integers(`${step.name}/axes`, [2], [1, 2]);
      return file.run('mean', [x, axes], output, options.mean());
    }
    case 'concat':
      return file.run('concatenation', inputs, output, options.concatenation(step.axis + 1));
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
  file: TfliteFile,
  step: WeightedStep,
  x: number,
  input: Shape,
  output: number,
): number {
  const { name, kind, window, activation } = step;
  const [rows, columns] = window.size;
  const channels = at(input, 2);
  const outputs = at(step.shape, 2);
  // In the kernel's precision: XNNPACK leaves convolutions whose two differ to others, which took 67 ms
  // a picture in place of 16 (LiteRT.js 2.5.3 and MediaPipe 0.10.35, α 1.0, 224 pixels).
  const bias = file.weights(`${name}/bias`, [outputs], step.bias);
  const padding = isSamePadding(window, input) ? 'same' : 'valid';
  const padded = padding === 'same' ? x : writePadding(file, name, x, input, window);
  if (kind === 'depthwise') {
    const kernel = file.weights(`${name}/kernel`, [1, rows, columns, outputs], step.kernel);
    const table = options.depthwise(window, padding, activation, outputs / channels);
    return file.run('depthwise', [padded, kernel, bias], output, table);
  }
  const turned = outputsFirst(step.kernel, outputs);
  const kernel = file.weights(`${name}/kernel`, [outputs, rows, columns, channels], turned);
  return file.run(
    'convolution',
    [padded, kernel, bias],
    output,
    options.convolution(window, padding, activation),
  );
}

/** Padding that isn't TensorFlow's own is a step of its own. */
function writePadding(
  file: TfliteFile,
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
  const padded = file.computed(`${name}/padded`, [...image, at(input, 2)]);
  return file.run('pad', [x, sides], padded, options.pad());
}

function writeDense(
  file: TfliteFile,
  { name, kernel, bias, activation }: WeightedStep,
  x: number,
  input: Shape,
  output: number,
): number {
  const units = bias.length;
  const weights = file.weights(
    `${name}/kernel`,
    [units, at(input, 0)],
    outputsFirst(kernel, units),
  );
  const inputs = [x, weights, file.vector(`${name}/bias`, bias)];
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
