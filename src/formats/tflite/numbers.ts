import type { AffineStep, Shape, Step } from '../../network/network.ts';
import type { Weights } from './quantise.ts';

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
