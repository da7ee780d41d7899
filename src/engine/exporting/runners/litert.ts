import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import script from '@litertjs/core/wasm/litert_wasm_compat_internal.js?url';
import wasm from '@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url';
import { fetchRuntime, fileNamed, type LoadRunner } from '../runner.ts';

export const loadTflite: LoadRunner = async (files, sidePx) => {
  await (started ??= startInWorker());
  const model = await loadAndCompile(fileNamed(files, 'model.tflite').bytes, {
    accelerator: 'wasm',
  });
  return {
    words: 'LiteRT.js',
    run: async (levels) => {
      const input = new Tensor(Float32Array.from(levels), [1, sidePx, sidePx, 3]);
      try {
        const [output] = await model.run([input]);
        if (output === undefined) throw new Error('no output');
        const probabilities = Float32Array.from(await output.data());
        output.delete();
        return probabilities;
      } finally {
        input.delete();
      }
    },
    dispose: () => {
      model.delete();
    },
  };
};

let started: Promise<unknown> | null = null;

type ModuleFactory = (settings: object) => Promise<unknown>;

/** What LiteRT's scripts look for in a worker, and `importScripts`, by which it would load them. */
type Scope = typeof globalThis & {
  define?: unknown;
  ModuleFactory?: unknown;
  Module?: unknown;
  importScripts?: unknown;
};

/**
 * LiteRT loads its script by `importScripts`, which module workers don't have. The script is imported
 * as a module instead: it offers its factory to an AMD loader, which is played here. LiteRT then
 * finds the factory in place.
 */
async function startInWorker(): Promise<unknown> {
  const scope = globalThis as Scope;
  const address = new URL(script, location.href).href;
  scope.ModuleFactory = await importFactory(scope, address);
  // It logs every model that it loads.
  const quiet = { print: () => undefined, printErr: () => undefined };
  scope.Module = { wasmBinary: await fetchRuntime(wasm, 'LiteRT.js'), ...quiet };
  scope.importScripts = () => undefined;
  return loadLiteRt(address);
}

async function importFactory(scope: Scope, address: string): Promise<ModuleFactory> {
  const offered: ModuleFactory[] = [];
  const define = (_names: unknown, create: () => ModuleFactory) => {
    offered.push(create());
  };
  scope.define = Object.assign(define, { amd: {} });
  try {
    await import(/* @vite-ignore */ address);
  } finally {
    delete scope.define;
  }
  const [factory] = offered;
  if (factory === undefined) throw new Error('the script offers no factory');
  return factory;
}
