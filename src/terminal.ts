import { createEngine } from './engine/client.ts';
import { createExportEngine } from './engine/exporting/client.ts';
import { createFormats } from './formats/formats.ts';
import { fetchOwnModelIds, fetchPage, fetchPlayerFiles } from './site-files.ts';
import { App } from './state/app.svelte.ts';
import { NOTHING } from './state/versions.svelte.ts';
import { openTemporaryStore } from './storage/temporary-store.ts';
import type { TellProgress, TerminalOutcome, TerminalRequest } from './terminal-contract.ts';
import { optionsFor, runForTerminal } from './terminal-run.ts';
import { WORDS } from './ui/problem-message.ts';

/** The one project of a run. */
const PROJECT = 'terminal';

/** The composition root of `npm run train`: the very rooms of the page, without the page. */
async function run(request: TerminalRequest): Promise<TerminalOutcome> {
  const store = openTemporaryStore();
  await store.create({
    id: PROJECT,
    versioned: { ...NOTHING, dataset: { ...NOTHING.dataset, options: optionsFor(request) } },
    classifier: null,
    createdAtMillis: Date.now(),
    deletedAtMillis: null,
  });
  const app = new App({
    engine: createEngine({ simd: true }),
    exports: createExportEngine(fetchPage),
    store,
    formats: createFormats(),
    settings: { get: () => null, set: () => undefined },
    address: { projectId: PROJECT, show: () => undefined, onMove: () => () => undefined },
    words: WORDS,
    addressBackend: request.backend,
    addressRuntime: request.runtime,
    addressBackbone: null,
    // A run waits for what was asked for; only where that can't be had, it takes the built-in one.
    mayFallBack: false,
    filesStay: true,
    reload: () => undefined,
    playerFiles: fetchPlayerFiles,
    ownModelIds: fetchOwnModelIds,
  });
  const told = globalThis as { tellProgress?: TellProgress };
  return runForTerminal(app, request, (line) => void told.tellProgress?.(line));
}

Object.assign(globalThis, { headstart: { run } });
