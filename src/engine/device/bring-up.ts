import * as tf from '@tensorflow/tfjs-core';
import type { BackendFacts, BackendName } from '../../core/backend.ts';
import { createDevice, type Device } from './device.ts';

/** Finds out what this machine has, without bringing up any backend. */
export async function probeMachine(): Promise<BackendFacts> {
  return { webgpu: await probeWebGpu(), webgl: probeWebGl(), wasm: probeWasm() };
}

async function probeWebGpu(): Promise<BackendFacts['webgpu']> {
  // Absent outside secure contexts and in older browsers, whatever the types say.
  if (!('gpu' in navigator)) return null;
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return null;
    const { isFallbackAdapter, vendor, architecture, description } = adapter.info;
    return { isFallback: isFallbackAdapter, vendor, architecture, description };
  } catch {
    return null;
  }
}

function probeWebGl(): BackendFacts['webgl'] {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (context === null) return null;
  const unmasked = context.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = context.getParameter(
    unmasked === null ? context.RENDERER : unmasked.UNMASKED_RENDERER_WEBGL,
  );
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return { renderer: typeof name === 'string' ? name : '' };
}

/**
 * The smallest module with a SIMD instruction, `(v128.const …) drop`-like:
 * `i32.const 0; i8x16.splat; i8x16.extract_lane_s 0; drop`. Only validated.
 */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 12, 1, 10, 0, 65, 0, 253, 15, 253,
  21, 0, 26, 11,
]);

function probeWasm(): BackendFacts['wasm'] {
  if (typeof WebAssembly === 'undefined') return null;
  return { simd: WebAssembly.validate(SIMD_MODULE) };
}

/**
 * Loads a backend's code, and only its, and brings it up.
 *
 * @throws with the reason when it doesn't come up or computes wrongly.
 */
export async function bringUp(backend: BackendName, facts: BackendFacts): Promise<Device> {
  const device = await BRING_UP[backend](facts);
  await verify(backend);
  return device;
}

const BRING_UP: Readonly<Record<BackendName, (facts: BackendFacts) => Promise<Device>>> = {
  webgpu: bringUpWebGpu,
  webgl: bringUpWebGl,
  wasm: bringUpWasm,
  cpu: bringUpCpu,
};

async function bringUpWebGpu({ webgpu }: BackendFacts): Promise<Device> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const backend = await setBackend('webgpu');
  if (!(backend instanceof WebGPUBackend)) throw new Error('not a WebGPU backend');
  const { device } = backend;
  return createDevice('webgpu', webgpu === null ? 'WebGPU' : nameOf(webgpu), {
    watch: (tell) => void device.lost.then(tell),
    isLost: () => false,
    lose: () => {
      device.destroy();
    },
  });
}

/** Browsers leave some or all of it empty. */
function nameOf({ vendor, architecture, description }: NonNullable<BackendFacts['webgpu']>) {
  return description === '' ? `${vendor} ${architecture}`.trim() : description;
}

async function bringUpWebGl({ webgl }: BackendFacts): Promise<Device> {
  const { MathBackendWebGL } = await import('@tensorflow/tfjs-backend-webgl');
  // The choice has been made by name; without this a software renderer, asked for, is refused.
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  const backend = await setBackend('webgl');
  if (!(backend instanceof MathBackendWebGL)) throw new Error('not a WebGL backend');
  const { gl } = backend.gpgpu;
  return createDevice('webgl', webgl === null ? 'WebGL' : webgl.renderer, {
    watch: (tell) => {
      canvasOf(gl).addEventListener('webglcontextlost', tell, { once: true });
    },
    isLost: () => gl.isContextLost(),
    lose: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  });
}

/** Every context has its canvas; the compiler's library for workers leaves it out. */
function canvasOf(gl: WebGLRenderingContext): OffscreenCanvas {
  return (gl as WebGLRenderingContext & { readonly canvas: OffscreenCanvas }).canvas;
}

async function bringUpWasm({ wasm }: BackendFacts): Promise<Device> {
  const { loadWasmBackend } = await import('./wasm.ts');
  await loadWasmBackend();
  await setBackend('wasm');
  return createDevice('wasm', wasm?.simd === true ? 'WASM, SIMD' : 'WASM', null);
}

async function bringUpCpu(): Promise<Device> {
  await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  return createDevice('cpu', 'JavaScript', null);
}

async function setBackend(backend: BackendName): Promise<tf.KernelBackend> {
  if (!(await tf.setBackend(backend))) throw new Error('initialisation failed');
  await tf.ready();
  return tf.backend();
}

/** A driver may accept everything and still answer nonsense: [1 2] · [3 4]ᵀ must be 11. */
async function verify(backend: BackendName): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
  try {
    const [found] = await product.data();
    if (found !== 11) throw new Error(`${backend} computes 1·3 + 2·4 = ${String(found)}`);
  } finally {
    product.dispose();
  }
}

/**
 * Takes a lost backend out of TF.js, so that its next start makes a new device
 * instead of answering with the dead one.
 */
export function retire(backend: BackendName): void {
  const factory = tf.findBackendFactory(backend);
  try {
    tf.removeBackend(backend);
  } catch (error) {
    console.warn('removing a lost backend', error);
  }
  tf.registerBackend(backend, factory);
}
