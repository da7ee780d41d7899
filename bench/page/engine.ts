/** The app's own stages on a page of their own, and its backbone alone. */
import { wrap } from 'comlink';
import type { BackendName, BackendStatus } from '../../src/core/backend.ts';
import { createEngine } from '../../src/engine/client.ts';
import { liteRtFiles } from '../../src/engine/runtime/lite-rt-files.ts';
import type { BareBackbone } from './bare-backbone.ts';
import type { EnginePage } from './contract.ts';
import { decodeCosines, decodeFiles } from './decoding.ts';
import { collectEmbeddings, embedIntoStore, storeEmbeddings } from './embedding.ts';
import { fitTask } from './head.ts';
import { chosenFiles } from './task.ts';

const engine = createEngine(liteRtFiles());
const worker = new Worker(new URL('./bare-backbone.ts', import.meta.url), { type: 'module' });
const bare = wrap<BareBackbone>(worker);
let status: BackendStatus | null = null;
let backboneSha256 = '';
let inputSidePx = 0;

const page: EnginePage = {
  start: async (backboneId, backend) => {
    status = await startEngine(backend);
    const loaded = await engine.loadBackbone({ kind: 'catalogue', id: backboneId });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    ({ sha256: backboneSha256, inputSidePx } = loaded.value);
    await bare.start(status.backend, backboneId, document.baseURI);
    return `${status.backend} (${status.device})`;
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

async function startEngine(backend: BackendName | null): Promise<BackendStatus> {
  const started = await engine.start({ backend });
  if (!started.ok) throw new Error(started.problem.code);
  return started.value;
}

(window as unknown as { bench: EnginePage }).bench = page;
