import * as ort from 'onnxruntime-web/wasm';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { fetchRuntime, fileNamed, type LoadRunner } from '../runner.ts';

export const loadOnnx: LoadRunner = async (files, sidePx) => {
  ort.env.wasm.wasmBinary = await fetchRuntime(wasm, 'onnxruntime-web');
  // Threads would be more workers, which wait for each other at every layer.
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(fileNamed(files, 'model.onnx').bytes);
  return {
    words: `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim(),
    run: async (levels) => {
      const image = new ort.Tensor('float32', Float32Array.from(levels), [1, sidePx, sidePx, 3]);
      const { output } = await session.run({ image });
      if (output === undefined) throw new Error('no output');
      return Float32Array.from(output.data as Float32Array);
    },
    dispose: () => void session.release(),
  };
};
