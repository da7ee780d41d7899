import type { ModelFile } from '../../core/backbone.ts';
import type { InputPixels } from '../../core/preprocess.ts';

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
