/** LiteRT.js on a TFLite file that Headstart writes from the same backbone. */
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { writeTflite } from '../../src/formats/tflite/write-tflite.ts';
import { byHand, SIDE_PX } from './by-hand.ts';
import type { ContestantPage } from './contract.ts';
import { readNetwork } from './read-network.ts';

const page = byHand(async (backboneId) => {
  await loadLiteRt(new URL('vendor/litert/', document.baseURI).href, { threads: true });
  const file = writeTflite(await readNetwork(backboneId), { batch: 1 });
  const threads = navigator.hardwareConcurrency;
  const model = await loadAndCompile(file, {
    accelerator: 'wasm',
    cpuOptions: { numThreads: threads },
  });
  return {
    words: `LiteRT.js on wasm, ${String(threads)} thread(s)`,
    run: async (pixels) => {
      const input = new Tensor(pixels, [1, SIDE_PX, SIDE_PX, 3]);
      const [output] = await model.run([input]);
      if (output === undefined) throw new Error('no output');
      const features = (await output.data()) as Float32Array;
      input.delete();
      output.delete();
      return features;
    },
  };
});

(window as unknown as { bench: ContestantPage }).bench = page;
