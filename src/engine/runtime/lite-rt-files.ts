import compatScript from '@litertjs/core/wasm/litert_wasm_compat_internal.js?url';
import compatWasm from '@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url';
import threadedScript from '@litertjs/core/wasm/litert_wasm_threaded_internal.js?url';
import threadedWasm from '@litertjs/core/wasm/litert_wasm_threaded_internal.wasm?url';

/** Addresses of one build of LiteRT: its script, and the WASM that the script runs. */
export interface LiteRtBuild {
  readonly script: string;
  readonly wasm: string;
}

/** Its builds: with threads and relaxed SIMD, and the one for everybody else. */
export interface LiteRtFiles {
  readonly threaded: LiteRtBuild;
  readonly compat: LiteRtBuild;
}

/**
 * The files that the app is built with. Whoever makes an engine hands them to
 * it: an exported page does without them, each of these is 9 MB.
 */
export function liteRtFiles(base: string = location.href): LiteRtFiles {
  const build = (script: string, wasm: string) => ({
    script: new URL(script, base).href,
    wasm: new URL(wasm, base).href,
  });
  return {
    threaded: build(threadedScript, threadedWasm),
    compat: build(compatScript, compatWasm),
  };
}
