/** The app's own stages on a page of their own, and its backbone alone. */
import { wrap } from 'comlink';
import type { BackboneInfo } from '../../src/core/backbone.ts';
import type { BackendName, BackendStatus } from '../../src/core/backend.ts';
import type { RuntimeStatus } from '../../src/core/runtime.ts';
import { createEngine } from '../../src/engine/client.ts';
import type { BareBackbone } from './bare-backbone.ts';
import { startBareRuntime } from './bare-runtime.ts';
import type { EnginePage, Work } from './contract.ts';
import { decodeCosines, decodeFiles } from './decoding.ts';
import { collectEmbeddings, embedIntoStore, SHELF, storeEmbeddings } from './embedding.ts';
import { timeExport } from './exporting.ts';
import { timeFirstPrediction } from './first-prediction.ts';
import { fitTask, updateTask } from './head.ts';
import { chosenFiles } from './task.ts';

const engine = createEngine({ simd: true, shelf: SHELF });
const worker = new Worker(new URL('./bare-backbone.ts', import.meta.url), { type: 'module' });
const bare = wrap<BareBackbone>(worker);
let status: BackendStatus | null = null;
let backbone: BackboneInfo | null = null;
let embedReady = (count: number): Promise<Work> => bare.embed(count);
let uploads = true;

const page: EnginePage = {
  start: async (backboneId, backend) => {
    const decided = nextRuntime();
    status = await startEngine(backend);
    const loaded = await engine.loadBackbone({ kind: 'catalogue', id: backboneId });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    backbone = loaded.value;
    await bare.start(status.backend, backboneId, document.baseURI);
    const runtime = status.backend === 'wasm' ? await decided : null;
    if (runtime?.runtime === 'simd') {
      embedReady = await startBareRuntime(backboneId, loaded.value, runtime.threads);
      uploads = false;
    }
    return `${status.backend} (${status.device}); ${wordsOf(runtime)}`;
  },
  embed: (count) => embedIntoStore(engine, loadedBackbone().sha256, chosenFiles(count)),
  firstPrediction: () => timeFirstPrediction(loadedBackbone()),
  embedReady: (count) => embedReady(count),
  upload: (count) => (uploads ? bare.upload(count) : null),
  store: (count) => storeEmbeddings(loadedBackbone().sha256, count),
  decode: decodeFiles,
  decodeCosines: (count) => decodeCosines(engine, loadedBackbone(), count),
  pictureWorkers: () => engine.pictureWorkers,
  fit: (name, l2) => fitTask(engine, name, l2),
  update: (name) => updateTask(engine, name),
  write: (request, calibrating, template) =>
    timeExport(engine, loadedBackbone(), request, calibrating, template),
  embeddings: () => collectEmbeddings(engine, loadedBackbone().sha256, chosenFiles()),
};

function loadedBackbone(): BackboneInfo {
  if (backbone === null) throw new Error('start() comes first');
  return backbone;
}

/** What embeds is measured beside the start: before that, nothing here is worth measuring. */
function nextRuntime(): Promise<RuntimeStatus> {
  return new Promise((resolve) => {
    const forget = engine.onEvent((event) => {
      if (event.kind !== 'runtime') return;
      forget();
      resolve(event.status);
    });
  });
}

function wordsOf(status: RuntimeStatus | null): string {
  if (status?.runtime !== 'simd') return 'TF.js';
  return `Headstart’s SIMD runtime on ${String(status.threads)} thread(s)`;
}

async function startEngine(backend: BackendName | null): Promise<BackendStatus> {
  const started = await engine.start({ backend });
  if (!started.ok) throw new Error(started.problem.code);
  return started.value;
}

(window as unknown as { bench: EnginePage }).bench = page;
