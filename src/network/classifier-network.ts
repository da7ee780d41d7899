import type { DenseLayer, Head } from '../core/head.ts';
import type { InputRange } from '../core/preprocess.ts';
import { at } from '../core/at.ts';
import { ONE_PIXEL, poolFeatures, uniqueName, type Network, type Step } from './network.ts';

/** How the values that go in become those that a backbone wants: `scale · v + offset`. */
export interface Scaling {
  readonly scale: number;
  readonly offset: number;
}

/** Of levels from 0 to 255. */
export function scalingOfLevels([min, max]: InputRange): Scaling {
  return { scale: (max - min) / 255, offset: min };
}

/**
 * Of values that Teachable Machine's library has scaled by its own rule, `level / 127 − 1`
 * (@teachablemachine/image 0.8.5, `capture` in utils/tf.ts): 255 becomes a little more than 1.
 */
export function scalingOfTeachableMachine(range: InputRange): Scaling {
  const { scale, offset } = scalingOfLevels(range);
  return { scale: 127 * scale, offset: offset + 127 * scale };
}

/**
 * A whole classifier: values of a square picture in, probabilities in the order of `head.classIds`
 * out. The scaling is a step of its own: folded into the first convolution it would scale the
 * padding too.
 */
export function classifierNetwork(backbone: Network, head: Head, scaling: Scaling): Network {
  const steps = [...scaled(poolFeatures(backbone), scaling)];
  const append = (name: string, step: OpenStep) => {
    const inputs = [steps.length - 1];
    steps.push({ ...step, inputs, name: uniqueName(name, steps) });
  };
  for (const [index, layer] of head.layers.entries()) {
    const last = index === head.layers.length - 1;
    append(last ? 'logits' : `hidden_${String(index + 1)}`, denseStep(layer));
  }
  append('probabilities', { kind: 'softmax', shape: [head.classIds.length] });
  return { steps };
}

/** Without its place among others. */
type OpenStep = DistributiveOmit<Step, 'inputs' | 'name'>;
type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

function denseStep({ units, kernel, bias, activation }: DenseLayer): OpenStep {
  return {
    kind: 'dense',
    shape: [units],
    kernel,
    bias,
    window: ONE_PIXEL,
    activation: activation === 'relu' ? 'relu' : 'none',
  };
}

/** With the scaling between the input and all that looks at it. */
function scaled({ steps: [input, ...others] }: Network, { scale, offset }: Scaling): Step[] {
  if (input === undefined) throw new Error('a network without an input');
  const channels = at(input.shape, input.shape.length - 1);
  const scaling: Step = {
    kind: 'affine',
    name: uniqueName('scaled', [input, ...others]),
    inputs: [0],
    shape: input.shape,
    scale: new Float32Array(channels).fill(scale),
    offset: new Float32Array(channels).fill(offset),
    activation: 'none',
  };
  const moved = others.map((step) => ({ ...step, inputs: step.inputs.map((index) => index + 1) }));
  return [input, scaling, ...moved];
}
