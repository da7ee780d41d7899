import { supportsFeature } from '@litertjs/core';
import { keepFile } from './keep-file.ts';
import type { LiteRtFiles } from './lite-rt-files.ts';

/** LiteRT, fetched and compiled: every worker starts it from the same module. */
export interface LiteRtProgram {
  /** Address of the script that runs the module. */
  readonly script: string;
  readonly module: WebAssembly.Module;
}

let found: Promise<LiteRtProgram> | null = null;

/** Once for this worker. @throws where it can't be had; the next call tries again. */
export function findLiteRt(files: LiteRtFiles): Promise<LiteRtProgram> {
  found ??= compile(files).catch((error: unknown) => {
    found = null;
    throw error;
  });
  return found;
}

async function compile({ relaxed, compat }: LiteRtFiles): Promise<LiteRtProgram> {
  const { script, wasm } = (await supportsFeature('relaxedSimd')) ? relaxed : compat;
  return { script, module: await WebAssembly.compile(await keepFile(wasm)) };
}
