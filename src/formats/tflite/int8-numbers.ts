import { at } from '../../core/at.ts';
import {
  ONE_PIXEL,
  type AffineStep,
  type Shape,
  type Step,
  type StepStatistics,
} from '../../network/network.ts';
import { type LaidWeights, type Numbers, bytesOf, type TfliteFile } from './tflite-file.ts';
import * as options from './operators.ts';
import {
  OF_PROBABILITIES,
  quantiseRange,
  quantiseWeights,
  type Quantisation,
  type ValueRange,
} from './quantise.ts';

/**
 * Computes in eight bits, between a float32 input and output. Averages and rearrangements keep
 * their input's scale, as their operators ask.
 */
export class Int8Numbers implements Numbers {
  readonly kind = 'int8';
  readonly #file: TfliteFile;
  readonly #steps: readonly Step[];
  readonly #statistics: readonly StepStatistics[];
  /** Of the tensors that steps give: what their channels are on average. */
  readonly #means = new Map<number, Float32Array>();

  /**
   * @param statistics what each step gave to typical inputs.
   * @throws RangeError where there isn't one for each step.
   */
  constructor(file: TfliteFile, steps: readonly Step[], statistics: readonly StepStatistics[]) {
    if (statistics.length !== steps.length) {
      throw new RangeError(
        `statistics of ${String(statistics.length)} steps for ${String(steps.length)}`,
      );
    }
    this.#file = file;
    this.#steps = steps;
    this.#statistics = statistics;
  }

  enter(given: number, { name, shape }: Step): number {
    const { range, means } = at(this.#statistics, 0);
    const quantised = this.#computed(`${name}/int8`, shape, quantiseRange(range));
    this.#means.set(quantised, means);
    return this.#file.run('quantize', [given], quantised, null);
  }

  leave(last: number, { name, shape }: Step): number {
    const single = this.#file.single(`${name}/float32`, shape);
    return this.#file.run('dequantize', [last], single, null);
  }

  computed(index: number, x: number): number {
    const { range, means } = at(this.#statistics, index);
    const output = this.#step(at(this.#steps, index), x, range);
    this.#means.set(output, means);
    return output;
  }

  alike(x: number, name: string, shape: Shape): number {
    return this.#computed(name, shape, this.#quantisationOf(x));
  }

  /** The operator copies integers: they must all mean the same. */
  beside(inputs: readonly number[], output: number): readonly number[] {
    const wanted = this.#quantisationOf(output);
    return inputs.map((input) => {
      if (isSame(this.#quantisationOf(input), wanted)) return input;
      const { name, shape } = this.#file.tensor(input);
      const rescaled = this.#computed(`${name}/rescaled`, shape.slice(1), wanted);
      return this.#file.run('quantize', [input], rescaled, null);
    });
  }

  weights(weights: LaidWeights, x: number): readonly [number, number] {
    const { name, shape, operator } = weights;
    const input = { scale: this.#scaleOf(x), means: this.#meansOf(x) };
    // Version 4 of FULLY_CONNECTED has one scale.
    const shared = operator === 'fullyConnected';
    const { kernel, scales, bias } = quantiseWeights(weights, input, shared);
    const own = shared ? scales.slice(0, 1) : scales;
    const axis = weights.outputs === 'first' ? 0 : shape.length - 1;
    return [
      this.#file.add({
        name: `${name}/kernel`,
        type: 'int8',
        shape,
        data: bytesOf(kernel),
        quantisation: { scales: own, zeroPoints: own.map(() => 0), axis },
      }),
      this.#file.add({
        name: `${name}/bias`,
        type: 'int32',
        shape: [bias.length],
        data: bytesOf(bias),
        quantisation: {
          scales: own.map((scale) => scale * input.scale),
          zeroPoints: own.map(() => 0),
          axis: 0,
        },
      }),
    ];
  }

  /**
   * As a depthwise convolution of one pixel. Its weights have a scale for each channel, so that
   * they are exact; a multiplication and an addition would round twice, with one scale for all.
   */
  scale({ name, shape, scale, offset, activation }: AffineStep, x: number, output: number): number {
    const [kernel, bias] = this.weights(
      {
        name,
        shape: [1, 1, 1, scale.length],
        kernel: scale,
        bias: offset,
        outputs: 'last',
        operator: 'depthwise',
      },
      x,
    );
    const table = options.depthwise(ONE_PIXEL, 'valid', activation, 1);
    if (shape.length === 3) return this.#file.run('depthwise', [x, kernel, bias], output, table);
    const image = [...Array<number>(3 - shape.length).fill(1), ...shape];
    const wide = this.#reshape(x, this.alike(x, `${name}/wide`, image), `${name}/wide_shape`);
    const scaled = this.alike(output, `${name}/scaled`, image);
    this.#file.run('depthwise', [wide, kernel, bias], scaled, table);
    return this.#reshape(scaled, output, `${name}/shape`);
  }

  #reshape(x: number, output: number, name: string): number {
    const { shape } = this.#file.tensor(output);
    const sides = this.#file.integers(name, [shape.length], shape);
    return this.#file.run('reshape', [x, sides], output, options.reshape());
  }

  #step({ kind, name, shape }: Step, x: number, range: ValueRange): number {
    if (kind === 'average-pool' || kind === 'reshape') return this.alike(x, name, shape);
    const quantisation = kind === 'softmax' ? OF_PROBABILITIES : quantiseRange(range);
    return this.#computed(name, shape, quantisation);
  }

  #computed(name: string, shape: Shape, quantisation: Quantisation): number {
    const sides = [this.#file.batch, ...shape];
    return this.#file.add({ name, type: 'int8', shape: sides, data: null, quantisation });
  }

  #quantisationOf(tensor: number): Quantisation {
    const { name, quantisation } = this.#file.tensor(tensor);
    if (quantisation === null) throw new Error(`${name} isn't quantised`);
    return quantisation;
  }

  #meansOf(tensor: number): Float32Array {
    const means = this.#means.get(tensor);
    if (means === undefined)
      throw new Error(`${this.#file.tensor(tensor).name} is no step's output`);
    return means;
  }

  #scaleOf(tensor: number): number {
    return at(this.#quantisationOf(tensor).scales, 0);
  }
}

function isSame(a: Quantisation, b: Quantisation): boolean {
  return a.scales[0] === b.scales[0] && a.zeroPoints[0] === b.zeroPoints[0];
}
