/** Two workers that embed: the app's engine, and its backbone alone. `window.bench` is what the benchmark drives. */
import { wrap } from 'comlink';
import type { BackendName, BackendStatus } from '../../src/core/backend.ts';
import { createEngine } from '../../src/engine/client.ts';
import type { BareBackbone } from './bare-backbone.ts';

/** Called from outside of the page. */
export interface EmbeddingBench {
  /** @param backend null: as the app chooses. */
  start(backend: BackendName | null, backboneId: string): Promise<BackendStatus>;
  /** Pictures a second from file to embedding. */
  measureEngine(): Promise<number>;
  measureBare(): Promise<number>;
}

const engine = createEngine();
const worker = new Worker(new URL('./bare-backbone.ts', import.meta.url), { type: 'module' });
const bare = wrap<BareBackbone>(worker);

function files(): readonly File[] {
  return Array.from(document.querySelector('input')?.files ?? []);
}

const bench: EmbeddingBench = {
  start: async (backend, backboneId) => {
    const started = await engine.start({ backend });
    if (!started.ok) throw new Error(started.problem.code);
    const loaded = await engine.loadBackbone({ kind: 'catalogue', id: backboneId });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    await bare.start(started.value.backend, backboneId, document.baseURI);
    return started.value;
  },
  measureEngine: async () => {
    const items = files().map((file, i) => ({ key: String(i), file }));
    let embedded = 0;
    const startedAt = performance.now();
    await engine.embed(items, 'centre', {
      onReport: (report) => {
        embedded += report.filter((one) => 'embedding' in one).length;
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    if (embedded < items.length) throw new Error(`only ${embedded} of ${items.length} embedded`);
    return embedded / seconds;
  },
  measureBare: () => bare.measure(files().length),
};

(window as unknown as { bench: EmbeddingBench }).bench = bench;
