import { singleToHalf } from '../layers/pack-weights.ts';
import { at } from '../../core/at.ts';
import type { AffineStep, Shape, Step } from '../../network/network.ts';
import { type LaidWeights, type Numbers, bytesOf, type TfliteFile } from './tflite-file.ts';
import * as options from './operators.ts';

/** Computes in float32. Kernels are kept in it or in float16, and convolutions' biases; other vectors in float32. */
export class FloatNumbers implements Numbers {
  readonly kind = 'float';
  readonly #file: TfliteFile;
  readonly #steps: readonly Step[];
  readonly #precision: 'float32' | 'float16';

  constructor(file: TfliteFile, steps: readonly Step[], precision: 'float32' | 'float16') {
    this.#file = file;
    this.#steps = steps;
    this.#precision = precision;
  }

  enter(given: number): number {
    return given;
  }

  leave(last: number): number {
    return last;
  }

  computed(index: number): number {
    const { name, shape } = at(this.#steps, index);
    return this.#file.single(name, shape);
  }

  alike(_x: number, name: string, shape: Shape): number {
    return this.#file.single(name, shape);
  }

  beside(inputs: readonly number[]): readonly number[] {
    return inputs;
  }

  weights({ name, shape, kernel, bias }: LaidWeights): readonly [number, number] {
    const halves = this.#precision === 'float16';
    // A convolution's in the kernel's precision: XNNPACK leaves those whose two differ to others, which
    // took 67 ms a picture in place of 16 (LiteRT.js 2.5.3 and MediaPipe 0.10.35, α 1.0, 224 pixels).
    // Dense layers' biases stay: large numbers cancel out in them.
    const isConvolution = shape.length > 2;
    return [
      this.#weight(`${name}/kernel`, shape, kernel, halves),
      this.#weight(`${name}/bias`, [bias.length], bias, halves && isConvolution),
    ];
  }

  scale({ name, shape, scale, offset, activation }: AffineStep, x: number, output: number): number {
    const scaled = this.#file.single(`${name}/scaled`, shape);
    const factors = this.#constant(`${name}/scale`, [scale.length], scale);
    const offsets = this.#constant(`${name}/offset`, [offset.length], offset);
    this.#file.run('multiply', [x, factors], scaled, options.multiply());
    return this.#file.run('add', [scaled, offsets], output, options.add(activation));
  }

  #weight(name: string, shape: Shape, values: Float32Array, halves: boolean): number {
    return halves ? this.#half(name, shape, values) : this.#constant(name, shape, values);
  }

  #constant(name: string, shape: Shape, values: Float32Array): number {
    const data = bytesOf(values);
    return this.#file.add({ name, type: 'float32', shape, data, quantisation: null });
  }

  #half(name: string, shape: Shape, values: Float32Array): number {
    const constant = { shape, quantisation: null };
    const data = bytesOf(new Uint16Array(values.map(toHalf)));
    const half = this.#file.add({ name: `${name}/float16`, type: 'float16', data, ...constant });
    const single = this.#file.add({ name, type: 'float32', data: null, ...constant });
    return this.#file.run('dequantize', [half], single, null);
  }
}

const LARGEST_HALF = 65504;

/** Held within what float16 has: an infinite weight would make all answers NaN. */
function toHalf(value: number): number {
  return singleToHalf(Math.min(LARGEST_HALF, Math.max(-LARGEST_HALF, value)));
}
