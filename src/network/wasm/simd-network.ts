import type { InputPixels, InputRange } from '../../core/preprocess.ts';
import { at } from '../../core/at.ts';
import { growTo } from './compile-module.ts';
import { Arena, type PictureBuffer, type Layout } from './memory-layout.ts';
import {
  FLOAT_BYTES,
  type NetworkPlan,
  type Piece,
  type PlannedImage,
  type PlannedStep,
} from './plan.ts';
import { createSimdOperations } from './simd-operations.ts';
import { prepareDepthwise, prepareRows } from './prepare-convolution.ts';

/** What a planned network takes: a picture's pixels, or activations, as the plan says. */
export type SimdInput = InputPixels | Float32Array<ArrayBuffer>;

/** A planned network in a memory of its own, which goes with it. */
export interface SimdNetwork {
  /**
   * @param input RGB, [side, side, 3], 0 to 255; or activations.
   * @returns the output of the network's last step, until the next one.
   */
  readonly run: (input: SimdInput) => Float32Array;
}

/** @throws where there is no WebAssembly with SIMD, or not enough memory. */
export function createSimdNetwork(plan: NetworkPlan): SimdNetwork {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const simd = createSimdOperations(memory);
  if (simd === null) throw new Error('no WebAssembly with SIMD');
  const arena = new Arena();
  const weights = arena.take(plan.weights.byteLength);
  const picture = takePicture(arena, plan);
  const images = arena.take(plan.imageBytes);
  const imageOf = (id: number) => {
    const image = at(plan.images, id);
    return { ...image, address: images + image.address };
  };
  const steps = plan.steps.map((step) =>
    prepareStep(step, {
      simd,
      memory,
      arena,
      picture,
      imageOf,
      placed: (layer) => ({
        ...layer,
        weights: weights + layer.weights,
        bias: weights + layer.bias,
      }),
    }),
  );
  growTo(memory, arena.bytes);
  const { buffer } = memory;
  new Float32Array(buffer, weights, plan.weights.length).set(plan.weights);
  const take = prepareInput(buffer, plan, picture, imageOf);
  const output = prepareOutput(buffer, plan.output, imageOf(plan.output.from));
  return {
    run: (input) => {
      take(input);
      for (const run of steps) run();
      return output();
    },
  };
}

function takePicture(arena: Arena, { input }: NetworkPlan): PictureBuffer {
  const sidePx = input.kind === 'picture' ? input.sidePx : 0;
  const levels = arena.take(LEVELS * FLOAT_BYTES);
  return { levels, address: arena.take(sidePx ** 2 * 3), sidePx };
}

/** Copies what is given to where the first steps look for it. */
function prepareInput(
  buffer: ArrayBuffer,
  { input }: NetworkPlan,
  { address, levels, sidePx }: PictureBuffer,
  imageOf: (id: number) => PlannedImage,
): (values: SimdInput) => void {
  if (input.kind === 'picture') {
    new Float32Array(buffer, levels, LEVELS).set(scaledLevels(input.range));
    const pixels = new Uint8Array(buffer, address, sidePx ** 2 * 3);
    return (values) => {
      pixels.set(values);
    };
  }
  const { channels } = input.image;
  const image = imageOf(input.image.from);
  const floats = floatsOf(buffer, image);
  return (values) => {
    for (let pixel = 0; pixel < image.rows * image.columns; pixel++) {
      const start = pixel * image.channels;
      floats.set(values.subarray(pixel * channels, (pixel + 1) * channels), start);
      // Later images have been there meanwhile.
      floats.fill(0, start + channels, start + image.channels);
    }
  };
}

/** Without what the channels are filled up with. */
function prepareOutput(
  buffer: ArrayBuffer,
  { channels }: Piece,
  image: PlannedImage,
): () => Float32Array {
  const floats = floatsOf(buffer, image);
  const pixels = image.rows * image.columns;
  if (pixels === 1 || channels === image.channels) {
    const output = floats.subarray(0, pixels * channels);
    return () => output;
  }
  const output = new Float32Array(pixels * channels);
  return () => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const start = pixel * image.channels;
      output.set(floats.subarray(start, start + channels), pixel * channels);
    }
    return output;
  };
}

function floatsOf(buffer: ArrayBuffer, { address, rows, columns, channels }: PlannedImage) {
  return new Float32Array(buffer, address, rows * columns * channels);
}

const LEVELS = 256;

/** What each level from 0 to 255 becomes, in the single-precision steps that TF.js takes. */
function scaledLevels([min, max]: InputRange): Float32Array {
  const factor = Math.fround((max - min) / 255);
  return Float32Array.from({ length: LEVELS }, (_, level) => Math.fround(level * factor) + min);
}

/** @returns what computes the step. */
export function prepareStep(step: PlannedStep, layout: Layout): () => void {
  const { simd, arena, imageOf } = layout;
  switch (step.kind) {
    case 'rows': {
      const { rows, address } = imageOf(step.to);
      return arena.lend(() => {
        const compute = prepareRows(step.source, layout);
        return () => {
          compute(0, rows, address);
        };
      });
    }
    case 'depthwise':
      return arena.lend(() => prepareDepthwise(step, layout));
    case 'add': {
      const [a, b] = step.inputs.map((id) => imageOf(id).address) as [number, number];
      const { rows, columns, channels, address } = imageOf(step.to);
      return () => {
        simd.add(a, b, rows * columns * channels, address, ...step.bounds);
      };
    }
    case 'average': {
      const from = imageOf(step.from);
      const { address } = imageOf(step.to);
      return () => {
        simd.average(from.address, from.rows * from.columns, from.channels, address);
      };
    }
    case 'flatten':
      return prepareFlatten(step, layout);
  }
}

function prepareFlatten(
  { pieces, to }: Extract<PlannedStep, { kind: 'flatten' }>,
  { memory, imageOf }: Layout,
): () => void {
  const target = imageOf(to);
  return () => {
    const bytes = new Uint8Array(memory.buffer);
    let out = target.address;
    for (const { from, channels } of pieces) {
      const image = imageOf(from);
      for (let pixel = 0; pixel < image.rows * image.columns; pixel++) {
        const start = image.address + pixel * image.channels * FLOAT_BYTES;
        bytes.copyWithin(out, start, start + channels * FLOAT_BYTES);
        out += channels * FLOAT_BYTES;
      }
    }
    bytes.fill(0, out, target.address + target.channels * FLOAT_BYTES);
  };
}
