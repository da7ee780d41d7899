import { loadLiteRt, type LiteRt } from '@litertjs/core';
import type { LiteRtProgram } from './lite-rt-program.ts';

let started: Promise<LiteRt> | null = null;

/**
 * LiteRT, once for this worker, on the worker's own thread: several workers make more of a machine's
 * cores than one that waits for its threads at every layer.
 *
 * @throws where it doesn't come up; the next call tries again.
 */
export function startLiteRt(program: LiteRtProgram): Promise<LiteRt> {
  started ??= start(program).catch((error: unknown) => {
    started = null;
    throw error;
  });
  return started;
}

type ModuleFactory = (settings: object) => Promise<unknown>;

/** What LiteRT's scripts look for in a worker, and `importScripts`, by which it would load them. */
type Scope = typeof globalThis & {
  define?: unknown;
  ModuleFactory?: unknown;
  Module?: unknown;
  importScripts?: unknown;
};

/**
 * LiteRT loads its script by `importScripts`, which module workers don't have.
 * The script is imported as a module instead: it offers its factory to an AMD
 * loader, which is played here. LiteRT then finds the factory in place.
 */
async function start({ script, module }: LiteRtProgram): Promise<LiteRt> {
  const scope = globalThis as Scope;
  scope.ModuleFactory = await importFactory(scope, script);
  // It logs every model that it loads.
  const quiet = { print: () => undefined, printErr: () => undefined };
  const { importScripts } = scope;
  scope.importScripts = () => undefined;
  try {
    return await new Promise((resolve, reject) => {
      scope.Module = { instantiateWasm: instantiateBy(module, reject), ...quiet };
      loadLiteRt(script).then(resolve, reject);
    });
  } finally {
    scope.importScripts = importScripts;
  }
}

type Instantiated = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** Emscripten's way to be handed a module: it waits for the call back, and hears of no failure. */
function instantiateBy(module: WebAssembly.Module, reject: (error: unknown) => void) {
  return (imports: WebAssembly.Imports, done: Instantiated) => {
    WebAssembly.instantiate(module, imports).then((instance) => {
      done(instance, module);
    }, reject);
    return {};
  };
}

async function importFactory(scope: Scope, script: string): Promise<ModuleFactory> {
  const offered: ModuleFactory[] = [];
  const define = (_names: unknown, create: () => ModuleFactory) => {
    offered.push(create());
  };
  scope.define = Object.assign(define, { amd: {} });
  try {
    await import(/* @vite-ignore */ script);
  } finally {
    delete scope.define;
  }
  const [factory] = offered;
  if (factory === undefined) throw new Error('the script offers no factory');
  return factory;
}
