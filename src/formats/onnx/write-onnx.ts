import { at } from '../../core/at.ts';
import {
  isPadded,
  type Activation,
  type Network,
  type Shape,
  type Step,
  type WeightedStep,
} from '../../network/network.ts';
import { outputsAndChannelsFirst } from '../../network/network.ts';
import {
  serialiseOnnx,
  type OnnxAttributes,
  type OnnxConstant,
  type OnnxNode,
} from './serialise.ts';

/**
 * A network as an ONNX file (opset 13) with float32 weights and an open batch:
 * input `image` [batch, height, width, channels], output `output` [batch, …].
 * In between images lie as channels, height, width, as ONNX has them.
 */
export function writeOnnx({ steps }: Network): Uint8Array<ArrayBuffer> {
  const file = new OnnxFile();
  const values: string[] = [];
  for (const step of steps) values.push(writeStep(file, step, steps, values));
  const last = at(steps, steps.length - 1);
  const result = toChannelsLast(file, at(values, values.length - 1), last.shape);
  file.node('Identity', [result], 'output');
  return serialiseOnnx({
    producer: 'Headstart',
    nodes: file.nodes,
    constants: file.constants,
    input: { name: 'image', shape: [null, ...at(steps, 0).shape] },
    output: { name: 'output', shape: [null, ...last.shape] },
  });
}

/** A file in the making. Values go by numbers: a layer's name may be anything. */
class OnnxFile {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];

  /** @returns the name of its output. */
  node(
    type: string,
    inputs: readonly string[],
    output = `value_${String(this.nodes.length)}`,
    attributes: OnnxAttributes = {},
  ): string {
    this.nodes.push({ type, inputs, output, attributes });
    return output;
  }

  run(type: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    return this.node(type, inputs, undefined, attributes);
  }

  /** @returns its name. */
  constant(shape: Shape, values: Float32Array | readonly number[]): string {
    const name = `constant_${String(this.constants.length)}`;
    this.constants.push({ name, shape, values });
    return name;
  }
}

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];
/** Where a side without the batch lies among those with it, channels first. */
const AXES = [2, 3, 1];

/** @param values names of the values that earlier steps made. @returns that of this step's. */
function writeStep(
  file: OnnxFile,
  step: Step,
  steps: readonly Step[],
  values: readonly string[],
): string {
  if (step.kind === 'input') return toChannelsFirst(file, 'image', step.shape);
  const inputs = step.inputs.map((index) => at(values, index));
  const x = at(inputs, 0);
  const shape = at(steps, at(step.inputs, 0)).shape;
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return activate(file, writeConvolution(file, step, x, shape), step.activation);
    case 'dense': {
      const { kernel, bias, activation } = step;
      const weights = file.constant([kernel.length / bias.length, bias.length], kernel);
      const product = file.run('Gemm', [x, weights, file.constant([bias.length], bias)]);
      return activate(file, product, activation);
    }
    case 'affine': {
      const sides = step.shape.length === 3 ? [step.scale.length, 1, 1] : [step.scale.length];
      const scaled = file.run('Mul', [x, file.constant(sides, step.scale)]);
      const moved = file.run('Add', [scaled, file.constant(sides, step.offset)]);
      return activate(file, moved, step.activation);
    }
    case 'add':
      return activate(file, file.run('Add', inputs), step.activation);
    case 'average-pool': {
      const { size, strides, padding } = step.window;
      // What lies in the padding doesn't count: that is ONNX's default.
      const attributes = { kernel_shape: size, strides, pads: padsOf(padding) };
      return file.run('AveragePool', [x], attributes);
    }
    case 'global-average':
      return file.run('Flatten', [file.run('GlobalAveragePool', [x])], { axis: 1 });
    case 'concat': {
      const axis = step.shape.length === 3 ? at(AXES, step.axis) : step.axis + 1;
      return file.run('Concat', inputs, { axis });
    }
    case 'reshape': {
      const flat = toChannelsLast(file, x, shape);
      const sides = file.constant([step.shape.length + 1], [-1, ...step.shape]);
      return toChannelsFirst(file, file.run('Reshape', [flat, sides]), step.shape);
    }
    case 'softmax':
      if (step.shape.length === 1) return file.run('Softmax', [x], { axis: -1 });
      return file.run('Softmax', [x], { axis: 1 });
  }
}

function writeConvolution(file: OnnxFile, step: WeightedStep, x: string, input: Shape): string {
  const { kind, kernel, bias, window } = step;
  const channels = at(input, 2);
  const [rows, columns] = window.size;
  const group = kind === 'depthwise' ? channels : 1;
  const inputs = kind === 'depthwise' ? 1 : channels;
  const turned = outputsAndChannelsFirst(kernel, rows * columns, inputs, bias.length);
  return file.run(
    'Conv',
    [
      x,
      file.constant([bias.length, inputs, rows, columns], turned),
      file.constant([bias.length], bias),
    ],
    {
      group,
      kernel_shape: window.size,
      strides: window.strides,
      dilations: window.dilations,
      pads: padsOf(window.padding),
    },
  );
}

function padsOf([rows, columns]: WeightedStep['window']['padding']): readonly number[] {
  if (!isPadded([rows, columns])) return [0, 0, 0, 0];
  return [rows[0], columns[0], rows[1], columns[1]];
}

function activate(file: OnnxFile, x: string, activation: Activation): string {
  if (activation === 'none') return x;
  if (activation === 'relu') return file.run('Relu', [x]);
  const bounds = [0, 6].map((bound) => file.constant([], Float32Array.of(bound)));
  return file.run('Clip', [x, ...bounds]);
}

function toChannelsFirst(file: OnnxFile, x: string, shape: Shape): string {
  if (shape.length !== 3) return x;
  return file.run('Transpose', [x], { perm: TO_CHANNELS_FIRST });
}

function toChannelsLast(file: OnnxFile, x: string, shape: Shape): string {
  if (shape.length !== 3) return x;
  return file.run('Transpose', [x], { perm: TO_CHANNELS_LAST });
}
