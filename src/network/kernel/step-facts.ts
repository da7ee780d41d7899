/** What a single step says that the kernel's plan needs. */
import { at } from '../../core/at.ts';
import type { Activation, Step, WeightedStep } from '../network.ts';
import { filledUp } from './pack-weights.ts';
import type { Bounds, Extent, ImageId, PlannedStep, PlannedWindow } from './plan.ts';

/** A network that the kernel can't compute. */
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

/** Its sides are all one, whatever its channels. */
export function isOnePixel({ shape }: Pick<Step, 'shape'>): boolean {
  return shape.slice(0, -1).every((side) => side === 1);
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
