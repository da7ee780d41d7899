import type { ModelFile } from '../../core/backbone.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import { NotFetched } from '../../core/problem.ts';

/** A written classifier in a runtime that others wrote. */
export interface Runner {
  /** The runtime's name and version, for people. */
  readonly words: string;
  /** @param levels [side, side, 3], 0 to 255. @returns the probabilities. */
  run(levels: InputPixels): Promise<Float32Array>;
  dispose(): void;
}

/** Loads an export's files afresh. @throws where the runtime or the files don't load. */
export type LoadRunner = (files: readonly ModelFile[], sidePx: number) => Promise<Runner>;

/** @throws where there is none of that name. */
export function fileNamed(files: readonly ModelFile[], name: string): ModelFile {
  const file = files.find((one) => one.name === name);
  if (file === undefined) throw new Error(`no ${name}`);
  return file;
}

/**
 * A runtime's WebAssembly, which is megabytes and kept once it has been fetched.
 *
 * @throws NotFetched where it can't be had, as offline before its first use.
 */
export async function fetchRuntime(address: string, name: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(new URL(address, location.href));
    if (!response.ok) throw new Error(`${address}: ${String(response.status)}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw new NotFetched(name, { cause });
  }
}
