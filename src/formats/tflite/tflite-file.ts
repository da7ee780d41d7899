import { at } from '../../core/at.ts';
import type { Shape, AffineStep, Step } from '../../network/network.ts';
import type { OperatorName, OptionTable } from './operators.ts';
import type { TfliteOperator, TfliteTensor } from './serialise.ts';
import type { Weights } from './quantise.ts';

/** A file in the making. Tensors go by their numbers. */
export class TfliteFile {
  readonly #tensors: TfliteTensor[] = [];
  readonly #operators: TfliteOperator[] = [];
  readonly batch: number;

  constructor(batch: number) {
    this.batch = batch;
  }

  get tensors(): readonly TfliteTensor[] {
    return this.#tensors;
  }

  get operators(): readonly TfliteOperator[] {
    return this.#operators;
  }

  add(tensor: TfliteTensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  tensor(number: number): TfliteTensor {
    return at(this.#tensors, number);
  }

  /** @param shape without the batch. */
  single(name: string, shape: Shape): number {
    return this.add({
      name,
      type: 'float32',
      shape: [this.batch, ...shape],
      data: null,
      quantisation: null,
    });
  }

  integers(name: string, shape: Shape, values: readonly number[]): number {
    const data = bytesOf(Int32Array.from(values));
    return this.add({ name, type: 'int32', shape, data, quantisation: null });
  }

  /** @returns its output. */
  run(
    name: OperatorName,
    inputs: readonly number[],
    output: number,
    options: OptionTable | null,
  ): number {
    this.#operators.push({ name, inputs, outputs: [output], options });
    return output;
  }
}

/** TensorFlow Lite is little-endian, as is every machine with a browser. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A step's kernel and bias, as the format lays them out. */
export interface LaidWeights extends Weights {
  /** Of the step. */
  readonly name: string;
  /** Of the kernel. */
  readonly shape: Shape;
  readonly operator: 'convolution' | 'depthwise' | 'fullyConnected';
}

/** The numbers that a file computes in: how its tensors are made. */
export interface Numbers {
  /** Which versions of the operators take them. */
  readonly kind: 'float' | 'int8';
  /** @param given the tensor that a caller fills. @returns the one that the steps read. */
  enter(given: number, input: Step): number;
  /** @returns the tensor that a caller reads. */
  leave(last: number, step: Step): number;
  /** What a step will give. @param x what goes into it first. */
  computed(index: number, x: number): number;
  /** The same numbers as those of a tensor, in another shape. @param shape without the batch. */
  alike(x: number, name: string, shape: Shape): number;
  /** Inputs that may stand beside each other in an output. */
  beside(inputs: readonly number[], output: number): readonly number[];
  /** @param x what they weigh. */
  weights(weights: LaidWeights, x: number): readonly [kernel: number, bias: number];
  /** @returns the output, computed. */
  scale(step: AffineStep, x: number, output: number): number;
}
