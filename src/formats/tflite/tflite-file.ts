import { at } from '../../core/at.ts';
import type { Shape } from '../../network/network.ts';
import type { OperatorName, OptionTable } from './schema.ts';
import type { TfliteOperator, TfliteTensor } from './serialise.ts';

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
