import type { ModelFile } from '../../core/backbone.ts';
import type { Crop } from '../../core/preprocess.ts';
import { at } from '../../core/at.ts';
import type { Network, Step } from '../../network/network.ts';
import modelSource from './model.py?raw';
import { outputsAndChannelsFirst } from '../../network/network.ts';
import { writeSafetensors, type Tensor } from './write-safetensors.ts';

export interface PytorchOptions {
  /** What writes it, such as "Headstart 0.1.0". */
  readonly app: string;
  /** In the order of the outputs. Hostile text. */
  readonly labels: readonly string[];
  readonly inputSidePx: number;
  readonly crop: Crop;
}

/**
 * A classifier for PyTorch: `model.safetensors` with all that is its own, and `model.py`, the same
 * for every classifier, which reads it, computes the steps one by one, and prepares pictures as
 * ARCHITECTURE.md's "From picture to input" says. So no name or label gets into Python's source;
 * layers and tensors go by kind and number.
 *
 * @param network levels [side, side, 3] from 0 to 255 in; its last step is the softmax.
 */
export function writePytorch(
  { steps }: Network,
  { app, labels, inputSidePx, crop }: PytorchOptions,
): readonly ModelFile[] {
  const described = steps.map((step, number) => ({ id: idOf(step, number), ...step }));
  const tensors = steps.flatMap((step, number) => tensorsOf(step, number, steps));
  const weights = writeSafetensors(tensors, {
    // What the libraries of Hugging Face want to see in a file of PyTorch's layout.
    format: 'pt',
    app,
    side: String(inputSidePx),
    crop,
    labels: JSON.stringify(labels),
    steps: JSON.stringify(described, withoutWeights),
  });
  const script = new TextEncoder().encode(modelSource);
  return [
    { name: 'model.safetensors', bytes: weights },
    { name: 'model.py', bytes: script },
  ];
}

function idOf({ kind }: Step, number: number): string {
  return `${kind}_${String(number)}`;
}

function withoutWeights(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? undefined : value;
}

/** As PyTorch's Conv2d and Linear and model.py's Affine name them and lay them out. */
function tensorsOf(step: Step, number: number, steps: readonly Step[]): readonly Tensor[] {
  const layer = `layers.${idOf(step, number)}`;
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
    case 'dense': {
      const { kind, kernel, bias, window } = step;
      const outputs = bias.length;
      const sizes = kind === 'dense' ? [] : window.size;
      const pixels = sizes.reduce((product, side) => product * side, 1);
      const inputs =
        kind === 'depthwise' ? 1 : at(at(steps, at(step.inputs, 0)).shape.slice(-1), 0);
      const values = outputsAndChannelsFirst(kernel, pixels, inputs, outputs);
      return [
        { name: `${layer}.weight`, shape: [outputs, inputs, ...sizes], values },
        { name: `${layer}.bias`, shape: [outputs], values: bias },
      ];
    }
    case 'affine': {
      const shape = [step.scale.length];
      return [
        { name: `${layer}.scale`, shape, values: step.scale },
        { name: `${layer}.offset`, shape, values: step.offset },
      ];
    }
    default:
      return [];
  }
}
