import { afterEach, describe, expect, it } from 'vitest';
import type { BackendName } from '../../core/backend.ts';
import { createEngine, type EngineClient } from '../client.ts';
import type { EngineEvent } from '../contract.ts';
import { embedFiles, placeSet } from '../testing/rows.ts';
import { asFiles } from '../testing/parts.ts';
import { drawPicture } from '../testing/pictures.ts';
import { tinyMobilenet } from '../testing/tiny-mobilenet.ts';
import { fitOptions, separableSet } from '../testing/training-sets.ts';

const engines: EngineClient[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

async function startEngine(backend: BackendName) {
  const engine = createEngine();
  engines.push(engine);
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  expect(await engine.start({ backend })).toMatchObject({ ok: true, value: { backend } });
  const files = asFiles(tinyMobilenet());
  const loaded = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
  if (!loaded.ok) throw new Error(loaded.problem.code);
  return { engine, events, sha: loaded.value.sha256 };
}

function drawPictures(count: number): Promise<File[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => drawPicture('discs', index)));
}

describe.each<BackendName>(['webgl', 'webgpu'])('a lost %s device', (backend) => {
  const lost = { code: 'device-lost', backend, next: 'wasm' };

  it('is noticed while nothing runs, and the next best backend takes over', async () => {
    const { engine, events, sha } = await startEngine(backend);
    const onWasm = await startEngine('wasm');
    await engine.loseDevice();
    await expect.poll(() => events, { timeout: 60_000 }).toHaveLength(1);
    expect(events[0]).toMatchObject({
      status: { backend: 'wasm', reason: 'device-lost' },
      problem: lost,
    });
    expect((await engine.memory()).numTensors).toBe((await onWasm.engine.memory()).numTensors);

    // And it can be started again.
    expect(await engine.start({ backend })).toMatchObject({
      ok: true,
      value: { backend, reason: 'asked-for' },
    });
    const { outcomes } = await embedFiles(engine, sha, await drawPictures(2));
    expect(outcomes).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('costs no picture that is being embedded', async () => {
    const { engine, events, sha } = await startEngine(backend);
    let lose = (): void => {
      lose = () => undefined;
      void engine.loseDevice();
    };
    const { id, outcomes } = await embedFiles(engine, sha, await drawPictures(70), {
      onReport: () => {
        lose();
      },
    });
    expect(events.map((event) => event.kind === 'backend' && event.problem)).toEqual([lost]);
    expect(new Set(outcomes).size).toBe(70);
    for (const row of outcomes) {
      const embedding = await engine.readRows(id, Int32Array.of(Number(row)));
      expect(Math.max(...embedding)).toBeGreaterThan(0.1);
    }
  });

  it('makes a fit start over', async () => {
    const { engine, events } = await startEngine(backend);
    const set = await placeSet(engine, separableSet());
    const epochs: number[] = [];
    const fitted = await engine.fit(set, fitOptions({ epochs: 8 }), {
      onReport: ({ epoch }) => {
        epochs.push(epoch);
        if (epochs.length === 2) void engine.loseDevice();
      },
    });
    expect(events.map((event) => event.kind === 'backend' && event.problem)).toEqual([lost]);
    expect(fitted).toMatchObject({ ok: true });
    expect(fitted.ok && fitted.value.history).toHaveLength(8);
    expect(epochs.lastIndexOf(1)).toBeGreaterThan(0);
  });
});
