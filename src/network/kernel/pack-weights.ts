import { at } from '../../core/at.ts';
import { FLOAT_BYTES, PANEL } from './plan.ts';

/** Channels filled up to whole panels. */
export function filledUp(channels: number): number {
  return Math.ceil(channels / PANEL) * PANEL;
}

/** Weights one after the other, in the order in which the kernel reads them. */
export class WeightPacker {
  readonly #parts: Float32Array[] = [];
  #length = 0;

  /** @returns its address, in bytes. */
  add(values: Float32Array): number {
    const address = this.#length * FLOAT_BYTES;
    this.#parts.push(values);
    this.#length += values.length;
    return address;
  }

  finish(): Float32Array<ArrayBuffer> {
    const packed = new Float32Array(this.#length);
    let length = 0;
    for (const part of this.#parts) {
      packed.set(part, length);
      length += part.length;
    }
    return packed;
  }
}

/**
 * @param kernel [inputs, outputs]
 * @param rows inputs that the kernel will see: those after the given ones are zeros.
 * @returns [panels, rows, 8]
 */
export function packPointwise(kernel: Float32Array, outputs: number, rows: number): Float32Array {
  const inputs = kernel.length / outputs;
  const packed = new Float32Array(rows * filledUp(outputs));
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++) {
      const panel = Math.floor(output / PANEL);
      packed[(panel * rows + input) * PANEL + (output % PANEL)] = at(
        kernel,
        input * outputs + output,
      );
    }
  }
  return packed;
}

/** @param kernel [taps, inputs, outputs] @returns [taps, inputs filled up with zeros, outputs]. */
export function fillInputs(kernel: Float32Array, inputs: number, outputs: number): Float32Array {
  return fillChannels(kernel, inputs * outputs, filledUp(inputs) * outputs);
}

/** @param values [count, channels] @returns [count, channels filled up]. */
export function fillChannels(
  values: Float32Array,
  channels: number,
  filled = filledUp(channels),
): Float32Array {
  const packed = new Float32Array((values.length / channels) * filled);
  for (let row = 0; row * channels < values.length; row++) {
    packed.set(values.subarray(row * channels, (row + 1) * channels), row * filled);
  }
  return packed;
}
