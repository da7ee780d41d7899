import type { InputPixels, InputRange } from '../../core/preprocess.ts';
import { at } from '../../core/at.ts';
import { growTo } from './compile-module.ts';
import { createNetworkKernel } from './network-kernel.ts';
import type { NetworkPlan } from './plan.ts';
import { Room } from './room.ts';
import { prepareStep } from './prepare-step.ts';

/** A network in a memory of its own, which goes with it. */
export interface KernelNetwork {
  /**
   * @param input RGB, [inputSidePx, inputSidePx, 3].
   * @returns [embeddingLength], until the next one.
   */
  readonly embed: (input: InputPixels) => Float32Array;
}

/** @throws where there is no WebAssembly with SIMD, or not enough memory. */
export function createKernelNetwork(plan: NetworkPlan): KernelNetwork {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernel = createNetworkKernel(memory);
  if (kernel === null) throw new Error('no WebAssembly with SIMD');
  const room = new Room();
  const levelValues = scaledLevels(plan.inputRange);
  const weights = room.take(plan.weights.byteLength);
  const levels = room.take(levelValues.byteLength);
  const picture = room.take(plan.inputSidePx ** 2 * 3);
  const images = room.take(plan.imageBytes);
  const steps = plan.steps.map((step) =>
    prepareStep(step, {
      kernel,
      memory,
      room,
      picture: { address: picture, levels, sidePx: plan.inputSidePx },
      imageOf: (id) => {
        const image = at(plan.images, id);
        return { ...image, address: images + image.address };
      },
      placed: (layer) => ({
        ...layer,
        weights: weights + layer.weights,
        bias: weights + layer.bias,
      }),
    }),
  );
  growTo(memory, room.bytes);
  const { buffer } = memory;
  new Float32Array(buffer, weights, plan.weights.length).set(plan.weights);
  new Float32Array(buffer, levels, levelValues.length).set(levelValues);
  const pixels = new Uint8Array(buffer, picture, plan.inputSidePx ** 2 * 3);
  const { address } = at(plan.images, at(plan.steps, plan.steps.length - 1).to);
  const embedding = new Float32Array(buffer, images + address, plan.embeddingLength);
  return {
    embed: (input) => {
      pixels.set(input);
      for (const run of steps) run();
      return embedding;
    },
  };
}

/** What each level from 0 to 255 becomes, in the single-precision steps that TF.js takes. */
function scaledLevels([min, max]: InputRange): Float32Array {
  const factor = Math.fround((max - min) / 255);
  return Float32Array.from({ length: 256 }, (_, level) => Math.fround(level * factor) + min);
}
