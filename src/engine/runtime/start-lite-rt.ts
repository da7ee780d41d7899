import { loadLiteRt, supportsFeature, type LiteRt } from '@litertjs/core';
import { keepFile } from './keep-file.ts';
import type { LiteRtBuild, LiteRtFiles } from './lite-rt-files.ts';

let started: Promise<LiteRt> | null = null;

/**
 * LiteRT, once for this worker: with threads where the page is isolated and the
 * machine has a second core.
 *
 * @throws where it doesn't come up; the next call tries again.
 */
export function startLiteRt(files: LiteRtFiles): Promise<LiteRt> {
  started ??= chooseBuild(files)
    .then(start)
    .catch((error: unknown) => {
      started = null;
      throw error;
    });
  return started;
}

async function chooseBuild({ threaded, compat }: LiteRtFiles): Promise<LiteRtBuild> {
  const mayThread = crossOriginIsolated && navigator.hardwareConcurrency > 1;
  const canThread = (await supportsFeature('threads')) && (await supportsFeature('relaxedSimd'));
  return mayThread && canThread ? threaded : compat;
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
async function start(build: LiteRtBuild): Promise<LiteRt> {
  const scope = globalThis as Scope;
  const factory = await importFactory(scope, build.script);
  const wasmBinary = await keepFile(build.wasm);
  scope.ModuleFactory = factory;
  // Threads are workers of the same script. It logs every model that it loads.
  const quiet = { print: () => undefined, printErr: () => undefined };
  scope.Module = { wasmBinary, mainScriptUrlOrBlob: build.script, ...quiet };
  const { importScripts } = scope;
  scope.importScripts = () => undefined;
  try {
    return await loadLiteRt(build.script);
  } finally {
    scope.importScripts = importScripts;
  }
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
