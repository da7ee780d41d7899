/** What the plan needs of a single step: extents, windows, bounds, weights as they are read. */
import { at } from '../../core/at.ts';
import type { Activation, Step, WeightedStep } from '../network.ts';
import {
  FLOAT_BYTES,
  PANEL,
  type Bounds,
  type Extent,
  type ImageId,
  type PlannedStep,
  type PlannedWindow,
} from './plan.ts';

/** A network that the SIMD runtime can't compute. */
export class NotPlannable extends Error {
  readonly layer: string;
  readonly operation: string;
  readonly reason: string;

  constructor({ name, kind }: Step, reason: string) {
    super(`${name} (${kind}): ${reason}`);
    [this.layer, this.operation, this.reason] = [name, kind, reason];
  }
}

/** The images that a step needs. */
export function imagesOf(step: PlannedStep): readonly ImageId[] {
  switch (step.kind) {
    case 'rows':
    case 'depthwise':
      return step.source.kind === 'picture' ? [] : [step.source.from];
    case 'add':
      return step.inputs;
    case 'average':
      return [step.from];
    case 'flatten':
      return step.pieces.map(({ from }) => from);
  }
}

/** A row of features is one pixel. */
export function extentOf({ shape }: Pick<Step, 'shape'>): Extent {
  const [rows, columns, channels] = shape.length === 1 ? [1, 1, at(shape, 0)] : shape;
  return { rows: rows ?? 1, columns: columns ?? 1, channels: filledUp(channels ?? 0) };
}

/** @throws NotPlannable */
export function windowOf(step: WeightedStep): PlannedWindow {
  const { size, strides, dilations, padding } = step.window;
  if (strides[0] !== strides[1] || dilations.some((side) => side !== 1)) {
    throw new NotPlannable(step, 'strides that differ, or a window with gaps');
  }
  return {
    rows: size[0],
    columns: size[1],
    stride: strides[0],
    top: padding[0][0],
    left: padding[1][0],
  };
}

/** The largest number of single precision; an infinite one would be lost in JSON. */
const MOST = (2 - 2 ** -23) * 2 ** 127;

/** What an activation leaves of a value. */
export function boundsOf(activation: Activation): Bounds {
  switch (activation) {
    case 'none':
      return [-MOST, MOST];
    case 'relu':
      return [0, MOST];
    case 'relu6':
      return [0, 6];
  }
}

/** Channels filled up to whole panels. */
export function filledUp(channels: number): number {
  return Math.ceil(channels / PANEL) * PANEL;
}

/** Weights one after the other, in the order in which they are read. */
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
 * @param rows inputs that will be seen: those after the given ones are zeros.
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
