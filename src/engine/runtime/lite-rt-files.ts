import compatScript from '@litertjs/core/wasm/litert_wasm_compat_internal.js?url';
import compatWasm from '@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url';
import relaxedScript from '@litertjs/core/wasm/litert_wasm_internal.js?url';
import relaxedWasm from '@litertjs/core/wasm/litert_wasm_internal.wasm?url';

/** Addresses of one build of LiteRT: its script, and the WASM that the script runs. */
export interface LiteRtBuild {
  readonly script: string;
  readonly wasm: string;
}

/** Its builds: with relaxed SIMD, and the one for everybody else. */
export interface LiteRtFiles {
  readonly relaxed: LiteRtBuild;
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
    relaxed: build(relaxedScript, relaxedWasm),
    compat: build(compatScript, compatWasm),
  };
}
