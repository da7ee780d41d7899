import { at } from '../../core/at.ts';
import { createRandom } from '../../core/random.ts';
import {
  elementsOf,
  samePadding,
  slide,
  type Activation,
  type Network,
  type Step,
  type Window,
} from '../network.ts';

const UNPADDED = [
  [0, 0],
  [0, 0],
] as const;

interface Asked {
  readonly outputs?: number;
  readonly side?: number;
  readonly stride?: number;
  readonly activation?: Activation;
}

/** Writes networks with drawn weights, step by step; each step takes the one before it if none is named. */
export class NetworkWriter {
  readonly #steps: Step[];
  readonly #random;

  constructor(sidePx: number, seed: number) {
    this.#random = createRandom(seed);
    this.#steps = [{ kind: 'input', name: 'input', inputs: [], shape: [sidePx, sidePx, 3] }];
  }

  convolution(asked: Asked, from = this.last): this {
    const { outputs = 0, side = 1 } = asked;
    const inputs = at(at(this.#steps, from).shape, 2);
    return this.#weighted('convolution', asked, from, side * side * inputs, outputs);
  }

  depthwise(asked: Asked, from = this.last): this {
    const { side = 3 } = asked;
    const channels = at(at(this.#steps, from).shape, 2);
    return this.#weighted('depthwise', { side, ...asked }, from, side * side, channels);
  }

  add(other: number, activation: Activation = 'none'): this {
    const { shape } = at(this.#steps, this.last);
    return this.#push({ kind: 'add', inputs: [other, this.last], shape, activation });
  }

  affine(activation: Activation = 'none', from = this.last): this {
    const { shape } = at(this.#steps, from);
    const draw = () => Float32Array.from({ length: at(shape, 2) }, () => this.#random.next() - 0.5);
    return this.#push({
      kind: 'affine',
      inputs: [from],
      shape,
      scale: draw(),
      offset: draw(),
      activation,
    });
  }

  average(from = this.last): this {
    const shape = [at(at(this.#steps, from).shape, 2)];
    return this.#push({ kind: 'global-average', inputs: [from], shape });
  }

  /** Averages over windows that lie side by side or, with a stride of its own, over one another. */
  pool(side: number, { from = this.last, stride = side } = {}): this {
    const { shape } = at(this.#steps, from);
    const window = windowOf([side, side], stride, UNPADDED);
    const pooled = [...slide(window, shape), at(shape, 2)];
    return this.#push({ kind: 'average-pool', inputs: [from], shape: pooled, window });
  }

  reshape(shape: readonly number[]): this {
    return this.#push({ kind: 'reshape', inputs: [this.last], shape });
  }

  /** All of it as one pixel. */
  flatten(): this {
    return this.reshape([1, 1, elementsOf(at(this.#steps, this.last).shape)]);
  }

  concat(inputs: readonly number[], axis = 2): this {
    const shapes = inputs.map((input) => at(this.#steps, input).shape);
    const total = shapes.reduce((sum, shape) => sum + at(shape, axis), 0);
    const shape = at(shapes, 0).map((side, index) => (index === axis ? total : side));
    return this.#push({ kind: 'concat', inputs, shape, axis });
  }

  get last(): number {
    return this.#steps.length - 1;
  }

  get network(): Network {
    return { steps: this.#steps };
  }

  #weighted(
    kind: 'convolution' | 'depthwise',
    { side = 1, stride = 1, activation = 'relu6' }: Asked,
    from: number,
    inputs: number,
    outputs: number,
  ): this {
    const { shape } = at(this.#steps, from);
    const [rows = 0, columns = 0] = shape;
    const unpadded = windowOf([side, side], stride, UNPADDED);
    const window = { ...unpadded, padding: samePadding(unpadded, [rows, columns]) };
    const draw = (count: number, spread: number) =>
      Float32Array.from({ length: count }, () => (this.#random.next() - 0.5) * spread);
    return this.#push({
      kind,
      inputs: [from],
      shape: [...slide(window, shape), outputs],
      kernel: draw(inputs * outputs, 4 / Math.sqrt(inputs)),
      bias: draw(outputs, 1),
      window,
      activation,
    });
  }

  #push(step: DistributiveOmit<Step, 'name'>): this {
    const name = `${step.kind} ${String(this.#steps.length)}`;
    this.#steps.push({ ...step, name });
    return this;
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

function windowOf(
  size: readonly [number, number],
  stride: number,
  padding: Window['padding'],
): Window {
  return { size, strides: [stride, stride], dilations: [1, 1], padding };
}

/** Of a shape, for a picture of noise. */
export function drawLevels(shape: readonly number[], seed: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  return Uint8Array.from({ length: elementsOf(shape) }, () => random.int(256));
}
