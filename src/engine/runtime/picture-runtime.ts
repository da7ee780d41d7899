import { Tensor, type CompiledModel, type LiteRt } from '@litertjs/core';
import { at } from '../../core/at.ts';
import type { InputRange } from '../../core/preprocess.ts';
import type { PictureRuntime } from '../backbone/backbone.ts';
import type { InputPixels } from '../picture/input.ts';

/** A network that can be sent to another worker. */
export interface PortableNetwork {
  /** A TensorFlow Lite file: one scaled picture [1, side, side, 3] to a row of features. */
  readonly tflite: Uint8Array<ArrayBuffer>;
  readonly inputSidePx: number;
  readonly inputRange: InputRange;
  readonly embeddingLength: number;
}

/**
 * A network in LiteRT, picture by picture: larger batches were no faster on
 * MobileNets. Its weights lie outside of TF.js; `dispose` frees them.
 */
export async function createPictureRuntime(
  liteRt: LiteRt,
  { tflite, inputSidePx, inputRange, embeddingLength }: PortableNetwork,
): Promise<PictureRuntime> {
  const model = await liteRt.loadAndCompile(tflite, { accelerator: 'wasm' });
  const shape = [1, inputSidePx, inputSidePx, 3];
  const levels = scaledLevels(inputRange);
  // LiteRT copies it before anything else runs here.
  const scaled = new Float32Array(inputSidePx * inputSidePx * 3);
  return {
    embed: async (inputs) => {
      const features = new Float32Array(inputs.length * embeddingLength);
      for (const [row, input] of inputs.entries()) {
        scale(input, levels, scaled);
        features.set(await run(model, scaled, shape), row * embeddingLength);
      }
      return features;
    },
    dispose: () => {
      if (!model.deleted) model.delete();
    },
  };
}

async function run(
  model: CompiledModel,
  pixels: Float32Array<ArrayBuffer>,
  shape: number[],
): Promise<Float32Array> {
  const input = new Tensor(pixels, shape);
  try {
    const outputs = await model.run([input]);
    try {
      return (await at(outputs, 0).data()) as Float32Array;
    } finally {
      for (const output of outputs) output.delete();
    }
  } finally {
    input.delete();
  }
}

/** What each level from 0 to 255 becomes, in the single-precision steps that TF.js takes. */
function scaledLevels([min, max]: InputRange): Float32Array {
  const factor = Math.fround((max - min) / 255);
  return Float32Array.from({ length: 256 }, (_, level) => Math.fround(level * factor) + min);
}

/** `?? 0` only tells the compiler of the index: a checked accessor takes several times as long. */
function scale(input: InputPixels, levels: Float32Array, scaled: Float32Array): void {
  for (let index = 0; index < scaled.length; index++) {
    scaled[index] = levels[input[index] ?? 0] ?? 0;
  }
}
