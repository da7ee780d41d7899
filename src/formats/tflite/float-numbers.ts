import { singleToHalf } from '../layers/half.ts';
import { at } from '../../core/at.ts';
import type { AffineStep, Shape, Step } from '../network/network.ts';
import type { LaidWeights, Numbers } from './numbers.ts';
import * as options from './options.ts';
import { bytesOf, type TfliteFile } from './tflite-file.ts';

/** Computes in float32. Kernels are kept in it or in float16, vectors in float32. */
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
    return [
      this.#precision === 'float32'
        ? this.#constant(`${name}/kernel`, shape, kernel)
        : this.#half(`${name}/kernel`, shape, kernel),
      this.#constant(`${name}/bias`, [bias.length], bias),
    ];
  }

  scale({ name, shape, scale, offset, activation }: AffineStep, x: number, output: number): number {
    const scaled = this.#file.single(`${name}/scaled`, shape);
    const factors = this.#constant(`${name}/scale`, [scale.length], scale);
    const offsets = this.#constant(`${name}/offset`, [offset.length], offset);
    this.#file.run('multiply', [x, factors], scaled, options.multiply());
    return this.#file.run('add', [scaled, offsets], output, options.add(activation));
  }

  #constant(name: string, shape: Shape, values: Float32Array): number {
    const data = bytesOf(values);
    return this.#file.add({ name, type: 'float32', shape, data, quantisation: null });
  }

  #half(name: string, shape: Shape, values: Float32Array): number {
    const constant = { shape, quantisation: null };
    const data = bytesOf(Uint16Array.from(values, toHalf));
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
