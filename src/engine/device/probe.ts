import type { BackendFacts } from '../../core/backend.ts';

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
