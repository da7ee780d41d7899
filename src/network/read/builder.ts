import { at } from '../../core/at.ts';
import {
  elementsOf,
  isPadded,
  ONE_PIXEL,
  samePadding,
  slide,
  type Activation,
  type AffineStep,
  type Network,
  type Padding,
  type Shape,
  type WeightedStep,
  type Window,
} from '../network.ts';
import { NotTranslatable, StepList, type Open } from './step-list.ts';
import type { Weight } from './weights.ts';

/** A window whose padding may still depend on the image. */
export type WindowRequest = Omit<Window, 'padding'> & { readonly padding: 'same' | Padding };

/** What a weighted step is made of. */
export interface Weighted {
  readonly kernel: Weight;
  /** [out]; null for none. */
  readonly bias: Weight | null;
  readonly activation: Activation;
}

/**
 * Puts a network together, name by name. What follows a weighted step and is
 * seen by nothing else goes into it: batch norms, other scalings, biases,
 * activations; a padding goes into the convolution after it. That halves the
 * time of an unfolded MobileNet.
 *
 * @throws NotTranslatable from every method that adds.
 */
export class NetworkBuilder {
  readonly #list: StepList;
  readonly #paddings = new Map<string, { readonly source: string; readonly padding: Padding }>();

  /** @param uses how often each name is looked at. */
  constructor(uses: ReadonlyMap<string, number>) {
    this.#list = new StepList(uses);
  }

  shapeOf(name: string): Shape {
    return this.#list.shapeOf(name);
  }

  input(name: string, shape: Shape): void {
    if (this.#list.length > 0) throw new NotTranslatable('a second input');
    this.#list.append(name, { kind: 'input', inputs: [], shape });
  }

  /** Another name for the same output. */
  alias(name: string, source: string): void {
    this.#list.alias(name, source);
  }

  pad(name: string, source: string, padding: Padding): void {
    if (this.#paddings.has(source)) throw new NotTranslatable('a padding of a padding');
    if (padding.flat().some((side) => side < 0)) throw new NotTranslatable('a negative padding');
    this.#paddings.set(name, { source, padding });
  }

  /** @param kernel [rows, columns, in, out], or of a depthwise one [rows, columns, in, multiplier]. */
  convolve(
    name: string,
    source: string,
    kind: 'convolution' | 'depthwise',
    { kernel, bias, activation }: Weighted,
    wanted: Omit<WindowRequest, 'size'>,
  ): void {
    const [rows = 0, columns = 0, channels = 0, last = 0] = kernel.shape;
    if (kernel.shape.length !== 4) throw new NotTranslatable('a kernel without four sides');
    const { image, window, input } = this.#place(source, { ...wanted, size: [rows, columns] });
    if (image[2] !== channels) {
      throw new NotTranslatable(`a kernel for ${channels} channels, not ${String(image[2])}`);
    }
    const outputs = kind === 'depthwise' ? channels * last : last;
    this.#list.append(name, {
      kind,
      inputs: [input],
      shape: [...slide(window, image), outputs],
      kernel: kernel.values,
      bias: biasOf(bias, outputs),
      window,
      activation,
    });
  }

  /** @param kernel [in, out] */
  dense(name: string, source: string, { kernel, bias, activation }: Weighted): void {
    const [inputs = 0, outputs = 0] = kernel.shape;
    const shape = this.shapeOf(source);
    if (kernel.shape.length !== 2 || shape.length !== 1 || shape[0] !== inputs) {
      throw new NotTranslatable(`a dense layer over [${shape.join(', ')}]`);
    }
    this.#list.append(name, {
      kind: 'dense',
      inputs: [this.#list.indexOf(source)],
      shape: [outputs],
      kernel: kernel.values,
      bias: biasOf(bias, outputs),
      window: ONE_PIXEL,
      activation,
    });
  }

  /**
   * `scale · x + offset`, in place where it follows a weighted step.
   *
   * @param scale and offset: one for each channel, or one for all.
   */
  scale(name: string, source: string, scale: ArrayLike<number>, offset: ArrayLike<number>): void {
    const channels = this.shapeOf(source).at(-1) ?? 0;
    const wide = (values: ArrayLike<number>) => {
      if (values.length !== 1 && values.length !== channels) {
        throw new NotTranslatable(`${values.length} values for ${channels} channels`);
      }
      return Float32Array.from({ length: channels }, (_, i) =>
        Number(values[values.length === 1 ? 0 : i]),
      );
    };
    const step = this.#list.openStep(source);
    if (step !== null && step.kind !== 'add') {
      scaleInPlace(step, wide(scale), wide(offset));
      this.alias(name, source);
      return;
    }
    this.#appendAffine(name, source, wide(scale), wide(offset));
  }

  activate(name: string, source: string, activation: Activation): void {
    const step = this.#list.openStep(source);
    if (activation === 'none' || step !== null) {
      if (step !== null) step.activation = activation;
      this.alias(name, source);
      return;
    }
    const channels = this.shapeOf(source).at(-1) ?? 0;
    const ones = new Float32Array(channels).fill(1);
    this.#appendAffine(name, source, ones, new Float32Array(channels), activation);
  }

  add(name: string, sources: readonly string[]): void {
    const [first = [], ...others] = sources.map((source) => this.shapeOf(source));
    if (others.length === 0 || others.some((shape) => String(shape) !== String(first))) {
      throw new NotTranslatable('an addition of other than two outputs of one shape');
    }
    // Formats add two by two.
    let [total = ''] = sources;
    for (const [index, source] of sources.slice(1).entries()) {
      const isLast = index === sources.length - 2;
      const partial = isLast ? name : `${name}/${String(index + 1)}`;
      const inputs = [this.#list.indexOf(total), this.#list.indexOf(source)];
      this.#list.append(partial, { kind: 'add', inputs, shape: first, activation: 'none' });
      total = partial;
    }
  }

  averagePool(name: string, source: string, wanted: WindowRequest): void {
    if (this.#paddings.has(source)) throw new NotTranslatable('a padded pooling');
    const { image, window, input } = this.#place(source, wanted);
    const shape = [...slide(window, image), image[2] ?? 0];
    this.#list.append(name, { kind: 'average-pool', inputs: [input], shape, window });
  }

  globalAverage(name: string, source: string): void {
    const shape = this.#imageShape(source).slice(2);
    this.#list.append(name, {
      kind: 'global-average',
      inputs: [this.#list.indexOf(source)],
      shape,
    });
  }

  /** @param axis without the batch; −1 for the last. */
  concat(name: string, sources: readonly string[], axis: number): void {
    const shapes = sources.map((source) => this.shapeOf(source));
    const [first = []] = shapes;
    const along = axis < 0 ? first.length + axis : axis;
    const fits = (shape: Shape) =>
      shape.length === first.length &&
      shape.every((side, i) => i === along || side === first[i]) &&
      shape[along] !== undefined;
    if (!shapes.every(fits)) throw new NotTranslatable('a concatenation of unlike shapes');
    const total = shapes.reduce((sum, shape) => sum + (shape[along] ?? 0), 0);
    const inputs = sources.map((source) => this.#list.indexOf(source));
    this.#list.append(name, {
      kind: 'concat',
      inputs,
      shape: first.with(along, total),
      axis: along,
    });
  }

  /** @param sides −1 in at most one place: whatever is left. */
  reshape(name: string, source: string, sides: readonly number[]): void {
    const elements = elementsOf(this.shapeOf(source));
    const known = elementsOf(sides.filter((side) => side !== -1));
    const shape = sides.map((side) => (side === -1 ? elements / known : side));
    if (
      !shape.every((side) => Number.isInteger(side) && side > 0) ||
      elementsOf(shape) !== elements
    )
      throw new NotTranslatable(`a new shape [${sides.join(', ')}]`);
    if (String(shape) === String(this.shapeOf(source))) this.alias(name, source);
    else this.#list.append(name, { kind: 'reshape', inputs: [this.#list.indexOf(source)], shape });
  }

  softmax(name: string, source: string): void {
    const shape = this.shapeOf(source);
    this.#list.append(name, { kind: 'softmax', inputs: [this.#list.indexOf(source)], shape });
  }

  /** @param output whose output is the network's: what was added last. */
  finish(output: string): Network {
    return this.#list.finish(output);
  }

  #appendAffine(
    name: string,
    source: string,
    scale: Floats,
    offset: Floats,
    activation: Activation = 'none',
  ): void {
    this.#list.append(name, {
      kind: 'affine',
      inputs: [this.#list.indexOf(source)],
      shape: this.shapeOf(source),
      scale,
      offset,
      activation,
    });
  }

  #imageShape(source: string): Shape {
    const shape = this.shapeOf(source);
    if (shape.length === 3) return shape;
    throw new NotTranslatable(`an image operation over [${shape.join(', ')}]`);
  }

  /** A window with the padding that waits for it, or its own. */
  #place(source: string, wanted: WindowRequest): { image: Shape; window: Window; input: number } {
    const waiting = this.#paddings.get(source);
    const image = this.#imageShape(waiting?.source ?? source);
    const sides = [...wanted.size, ...wanted.strides, ...wanted.dilations];
    if (!sides.every((side) => Number.isInteger(side) && side > 0)) {
      throw new NotTranslatable('a window of no size');
    }
    let padding =
      wanted.padding === 'same'
        ? samePadding(wanted, [at(image, 0), at(image, 1)])
        : wanted.padding;
    if (waiting !== undefined) {
      if (isPadded(padding)) throw new NotTranslatable('two paddings one after the other');
      ({ padding } = waiting);
    }
    const window = { ...wanted, padding };
    return { image, window, input: this.#list.indexOf(waiting?.source ?? source) };
  }
}

type Floats = Float32Array<ArrayBuffer>;

function biasOf(bias: Weight | null, outputs: number): Floats {
  if (bias === null) return new Float32Array(outputs);
  if (bias.values.length === outputs) return bias.values;
  throw new NotTranslatable(`${bias.values.length} biases for ${outputs} channels`);
}

/** `scale · (Σ kernel · x + bias) + offset` by other weights; outputs are a kernel's last side. */
function scaleInPlace(step: Open<WeightedStep | AffineStep>, scale: Floats, offset: Floats): void {
  const kernel = step.kind === 'affine' ? step.scale : step.kernel;
  const bias = step.kind === 'affine' ? step.offset : step.bias;
  kernel.forEach((weight, index) => {
    kernel[index] = weight * at(scale, index % scale.length);
  });
  bias.forEach((value, index) => {
    bias[index] = value * at(scale, index) + at(offset, index);
  });
}
