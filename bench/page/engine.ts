/** The app's own stages on a page of their own, and its backbone alone. */
import { wrap } from 'comlink';
import type { BackendName, BackendStatus } from '../../src/core/backend.ts';
import type { RuntimeStatus } from '../../src/core/runtime.ts';
import { createEngine } from '../../src/engine/client.ts';
import type { BareBackbone } from './bare-backbone.ts';
import type { EnginePage } from './contract.ts';
import { decodeCosines, decodeFiles } from './decoding.ts';
import { collectEmbeddings, embedIntoStore, storeEmbeddings } from './embedding.ts';
import { fitTask } from './head.ts';
import { chosenFiles } from './task.ts';

const engine = createEngine({ kernel: true });
const worker = new Worker(new URL('./bare-backbone.ts', import.meta.url), { type: 'module' });
const bare = wrap<BareBackbone>(worker);
let status: BackendStatus | null = null;
let backboneSha256 = '';
let inputSidePx = 0;

const page: EnginePage = {
  start: async (backboneId, backend) => {
    const decided = nextRuntime();
    status = await startEngine(backend);
    const loaded = await engine.loadBackbone({ kind: 'catalogue', id: backboneId });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    ({ sha256: backboneSha256, inputSidePx } = loaded.value);
    await bare.start(status.backend, backboneId, document.baseURI);
    const runtime = status.backend === 'wasm' ? wordsOf(await decided) : 'TF.js';
    return `${status.backend} (${status.device}); ${runtime}`;
  },
  embed: (count) => embedIntoStore(engine, backboneSha256, chosenFiles(count)),
  embedReady: (count) => bare.embed(count),
  upload: (count) => bare.upload(count),
  store: (count) => storeEmbeddings(backboneSha256, count),
  decode: decodeFiles,
  decodeCosines: (count) => decodeCosines(engine, inputSidePx, count),
  pictureWorkers: () => engine.pictureWorkers,
  fit: (name, l2) => fitTask(engine, name, l2),
  embeddings: () => collectEmbeddings(engine, chosenFiles()),
};

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

function wordsOf({ runtime, threads, rates }: RuntimeStatus): string {
  const name = runtime === 'kernel' ? 'kernel' : 'TF.js';
  const alone = rates === null ? '' : `, ${rates[runtime].toFixed(0)}/s with pixels ready`;
  return `${name} on ${String(threads)} thread(s)${alone}`;
}

async function startEngine(backend: BackendName | null): Promise<BackendStatus> {
  const started = await engine.start({ backend });
  if (!started.ok) throw new Error(started.problem.code);
  return started.value;
}

(window as unknown as { bench: EnginePage }).bench = page;
