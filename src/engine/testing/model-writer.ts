import { createRandom } from '../../core/random.ts';

/** A file of a generated model. */
export interface GeneratedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface GeneratedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** A convolution asked of a writer, with as many rows as columns. */
export interface Convolution {
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  readonly stride: number;
  /** With a ReLU6 behind it: so unless it says otherwise. */
  readonly active?: boolean;
}

/** A depthwise convolution of 3 × 3 asked of a writer. */
export type Depthwise = Pick<Convolution, 'channels' | 'stride'>;

/** By which a kernel's variance is told: twice as large where no ReLU halves what comes out. */
export function fanInOf({ size, channels, active = true }: Convolution): number {
  return size * size * channels * (active ? 1 : 2);
}

/** Draws weights whose outputs neither vanish nor saturate a ReLU6 (K. He et al., 2015). */
export function createWeightSource(seed: number) {
  const random = createRandom(seed);
  return {
    /** Normal with variance 2 / fanIn. */
    kernel: (name: string, shape: readonly number[], fanIn: number): GeneratedWeight =>
      draw(name, shape, () => random.normal() * Math.sqrt(2 / fanIn)),
    /** Uniform from low to high. */
    uniform: (name: string, length: number, low: number, high: number): GeneratedWeight =>
      draw(name, [length], () => low + (high - low) * random.next()),
  };
}

function draw(name: string, shape: readonly number[], next: () => number): GeneratedWeight {
  const length = shape.reduce((product, side) => product * side, 1);
  return { name, shape, values: Float32Array.from({ length }, next) };
}

/** model.json with its weights in one file, all as float32. */
export function writeModel(
  head: Record<string, unknown>,
  weights: readonly GeneratedWeight[],
): GeneratedFile[] {
  const entries = weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const manifest = [{ paths: ['weights.bin'], weights: entries }];
  const json = JSON.stringify({ ...head, weightsManifest: manifest });
  const total = weights.reduce((length, { values }) => length + values.length, 0);
  const all = new Float32Array(total);
  let offset = 0;
  for (const { values } of weights) {
    all.set(values, offset);
    offset += values.length;
  }
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(json) },
    { name: 'weights.bin', bytes: new Uint8Array(all.buffer) },
  ];
}
