/** Written files in runtimes that others wrote, on the test's own page. */
import { loadAndCompile, loadLiteRt, Tensor, type LiteRt } from '@litertjs/core';
import liteRtScript from '@litertjs/core/wasm/litert_wasm_compat_internal.js?url';
import '@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

let liteRt: Promise<LiteRt> | null = null;

/**
 * @param shape [batch, height, width, channels]
 * @returns the one output, row by row.
 */
export async function runTflite(
  file: Uint8Array,
  pixels: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Promise<Float32Array> {
  liteRt ??= loadLiteRt(liteRtScript);
  await liteRt;
  const model = await loadAndCompile(file, { accelerator: 'wasm' });
  const input = new Tensor(pixels, [...shape]);
  try {
    const [output] = await model.run([input]);
    if (output === undefined) throw new Error('no output');
    const values = await output.data();
    output.delete();
    return Float32Array.from(values);
  } finally {
    input.delete();
    model.delete();
  }
}

/** @see runTflite */
export async function runOnnx(
  file: Uint8Array,
  pixels: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Promise<Float32Array> {
  ort.env.wasm.wasmPaths = { wasm: ortWasm };
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(file);
  try {
    const { output } = await session.run({ image: new ort.Tensor('float32', pixels, [...shape]) });
    if (output === undefined) throw new Error('no output');
    return Float32Array.from(output.data as Float32Array);
  } finally {
    await session.release();
  }
}
