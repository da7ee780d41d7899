import { at } from '../../core/at.ts';
import {
  elementsOf,
  type Activation,
  type Network,
  type PoolStep,
  type Shape,
  type Step,
  type WeightedStep,
} from '../network.ts';

/** A network as its definition says, number by number in double precision. @param picture scaled. */
export function computePlainly({ steps }: Network, picture: readonly number[]): number[] {
  const outputs: number[][] = [];
  for (const step of steps) {
    const inputs = step.inputs.map((index) => at(outputs, index));
    const shape = step.inputs.length === 0 ? step.shape : at(steps, at(step.inputs, 0)).shape;
    outputs.push(step.kind === 'input' ? [...picture] : compute(step, inputs, shape));
  }
  return at(outputs, outputs.length - 1);
}

function compute(step: Step, inputs: readonly number[][], shape: Shape): number[] {
  const image = at(inputs, 0);
  switch (step.kind) {
    case 'convolution':
    case 'depthwise':
      return convolve(step, image, shape);
    case 'affine': {
      const channels = step.scale.length;
      return image.map((value, i) =>
        activate(
          value * at(step.scale, i % channels) + at(step.offset, i % channels),
          step.activation,
        ),
      );
    }
    case 'add':
      return image.map((value, i) => activate(value + at(at(inputs, 1), i), step.activation));
    case 'average-pool':
      return pool(step, image, shape);
    case 'concat':
      return inputs.flat();
    case 'global-average': {
      const channels = at(shape, 2);
      const pixels = image.length / channels;
      return Array.from({ length: channels }, (_, channel) =>
        image.reduce((sum, value, i) => (i % channels === channel ? sum + value / pixels : sum), 0),
      );
    }
    case 'reshape':
      return image;
    default:
      throw new Error(step.kind);
  }
}

/** As a depthwise convolution that sums up equal shares. */
function pool(step: PoolStep, image: readonly number[], shape: Shape): number[] {
  const channels = at(shape, 2);
  const pixels = step.window.size[0] * step.window.size[1];
  const kernel = new Float32Array(pixels * channels).fill(1);
  const bias = new Float32Array(channels);
  const summing = { ...step, kind: 'depthwise', kernel, bias, activation: 'none' } as const;
  return convolve(summing, image, shape).map((sum) => sum / pixels);
}

function convolve(step: WeightedStep, image: readonly number[], shape: Shape): number[] {
  const [rows = 0, columns = 0, channels = 0] = shape;
  const [outRows = 0, outColumns = 0, outputs = 0] = step.shape;
  const { size, strides, padding } = step.window;
  const own = step.kind === 'depthwise';
  const result = new Array<number>(elementsOf(step.shape)).fill(0);
  for (let index = 0; index < result.length; index++) {
    const output = index % outputs;
    const column = Math.floor(index / outputs) % outColumns;
    const row = Math.floor(index / outputs / outColumns) % outRows;
    let sum = at(step.bias, output);
    for (let y = 0; y < size[0]; y++) {
      for (let x = 0; x < size[1]; x++) {
        const fromRow = row * strides[0] + y - padding[0][0];
        const fromColumn = column * strides[1] + x - padding[1][0];
        if (fromRow < 0 || fromRow >= rows || fromColumn < 0 || fromColumn >= columns) continue;
        const pixel = (fromRow * columns + fromColumn) * channels;
        const tap = y * size[1] + x;
        for (let input = own ? output : 0; input < (own ? output + 1 : channels); input++) {
          const weight = own ? tap * outputs + output : (tap * channels + input) * outputs + output;
          sum += at(image, pixel + input) * at(step.kernel, weight);
        }
      }
    }
    result[index] = activate(sum, step.activation);
  }
  return result;
}

function activate(value: number, activation: Activation): number {
  if (activation === 'none') return value;
  return Math.min(activation === 'relu6' ? 6 : Infinity, Math.max(0, value));
}
