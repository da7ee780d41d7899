/** onnxruntime-web on an ONNX file that Headstart writes from the same backbone. */
import type * as Ort from 'onnxruntime-web/wasm';
import { writeOnnx } from '../../src/formats/onnx/write-onnx.ts';
import { byHand, SIDE_PX } from './by-hand.ts';
import type { ContestantPage } from './contract.ts';
import { readNetwork } from './read-network.ts';

declare const ort: typeof Ort;

const page = byHand(async (backboneId) => {
  const threads = navigator.hardwareConcurrency;
  ort.env.wasm.wasmPaths = new URL('vendor/onnxruntime/', document.baseURI).href;
  ort.env.wasm.numThreads = threads;
  const file = writeOnnx(await readNetwork(backboneId));
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  return {
    words: `onnxruntime-web ${ort.env.versions.web ?? ''} on wasm, ${String(threads)} thread(s)`,
    run: async (pixels) => {
      const image = new ort.Tensor('float32', pixels, [1, SIDE_PX, SIDE_PX, 3]);
      const { output } = await session.run({ image });
      return (await output?.getData()) as Float32Array;
    },
  };
});

(window as unknown as { bench: ContestantPage }).bench = page;
