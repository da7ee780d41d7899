import { Tensor, type CompiledModel, type LiteRt } from '@litertjs/core';
import { at } from '../../core/at.ts';
import type { InputRange } from '../../core/preprocess.ts';
import type { Network } from '../../formats/network/network.ts';
import { writeTflite } from '../../formats/tflite/write-tflite.ts';
import type { PictureRuntime } from '../backbone/backbone.ts';
import type { InputPixels } from '../picture/input.ts';

/**
 * A network in LiteRT, picture by picture: larger batches were no faster on
 * MobileNets. Its weights lie outside of TF.js; `dispose` frees them.
 *
 * @param network whose output is a row of features.
 */
export async function createPictureRuntime(
  liteRt: LiteRt,
  network: Network,
  range: InputRange,
): Promise<PictureRuntime> {
  const threads = takeThreads(liteRt);
  const model = await liteRt
    .loadAndCompile(writeTflite(network, { batch: 1 }), {
      accelerator: 'wasm',
      cpuOptions: { numThreads: threads },
    })
    .catch((error: unknown) => {
      giveThreadsBack(threads);
      throw error;
    });
  const shape = [1, ...at(network.steps, 0).shape];
  const length = at(at(network.steps, network.steps.length - 1).shape, 0);
  const levels = scaledLevels(range);
  return {
    threads,
    embed: async (inputs) => {
      const features = new Float32Array(inputs.length * length);
      for (const [row, input] of inputs.entries()) {
        features.set(await run(model, scale(input, levels), shape), row * length);
      }
      return features;
    },
    dispose: () => {
      if (model.deleted) return;
      model.delete();
      giveThreadsBack(threads);
    },
  };
}

let extraThreads = 0;

/**
 * Threads for one more model. LiteRT's pool holds as many as the machine has
 * cores, and a model that wants more than are left waits for ever: so each of
 * the two backbones that may be loaded takes at most half of them beside the
 * worker's own, and a third, should there be one, none.
 */
function takeThreads(liteRt: LiteRt): number {
  const pool = liteRt.liteRtWasm.getThreadCount() === 1 ? 0 : navigator.hardwareConcurrency;
  const extra = Math.min(Math.floor(pool / 2), pool - extraThreads);
  extraThreads += extra;
  return extra + 1;
}

function giveThreadsBack(threads: number): void {
  extraThreads -= threads - 1;
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

function scale(input: InputPixels, levels: Float32Array): Float32Array<ArrayBuffer> {
  const scaled = new Float32Array(input.length);
  for (let index = 0; index < input.length; index++) {
    scaled[index] = at(levels, at(input, index));
  }
  return scaled;
}
