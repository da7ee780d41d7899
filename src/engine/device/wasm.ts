import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

/**
 * Registers the WASM backend, without threads: TF.js 4.22 computes on one
 * thread even with its threaded build (tensorflow/tfjs #8513), and that build
 * doesn't survive a minifier. Its entry in the map is demanded, never fetched.
 */
export async function loadWasmBackend(): Promise<void> {
  await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
}
