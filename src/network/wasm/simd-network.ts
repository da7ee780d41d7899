import type { InputPixels, InputRange } from '../../core/preprocess.ts';
import { at } from '../../core/at.ts';
import { growTo } from './compile-module.ts';
import { createSimdOperations } from './simd-operations.ts';
import type { NetworkPlan } from './plan.ts';
import { Arena } from './memory-layout.ts';
import { prepareStep } from './prepare-step.ts';

/** A network in a memory of its own, which goes with it. */
export interface SimdNetwork {
  /**
   * @param input RGB, [inputSidePx, inputSidePx, 3].
   * @returns [embeddingLength], until the next one.
   */
  readonly embed: (input: InputPixels) => Float32Array;
}

/** @throws where there is no WebAssembly with SIMD, or not enough memory. */
export function createSimdNetwork(plan: NetworkPlan): SimdNetwork {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const simd = createSimdOperations(memory);
  if (simd === null) throw new Error('no WebAssembly with SIMD');
  const arena = new Arena();
  const levelValues = scaledLevels(plan.inputRange);
  const weights = arena.take(plan.weights.byteLength);
  const levels = arena.take(levelValues.byteLength);
  const picture = arena.take(plan.inputSidePx ** 2 * 3);
  const images = arena.take(plan.imageBytes);
  const steps = plan.steps.map((step) =>
    prepareStep(step, {
      simd,
      memory,
      arena,
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
  growTo(memory, arena.bytes);
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
