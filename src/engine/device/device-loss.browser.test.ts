import { afterEach, describe, expect, it } from 'vitest';
import type { BackendName } from '../../core/backend.ts';
import { createEngine, type EngineClient } from '../client.ts';
import type { EmbedReport, EngineEvent } from '../contract.ts';
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
  expect(await engine.loadBackbone({ kind: 'files', files, inputRange: null })).toMatchObject({
    ok: true,
  });
  return { engine, events };
}

function drawItems(count: number) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      key: String(index),
      file: await drawPicture('discs', index),
    })),
  );
}

describe.each<BackendName>(['webgl', 'webgpu'])('a lost %s device', (backend) => {
  const lost = { code: 'device-lost', backend, next: 'wasm' };

  it('is noticed while nothing runs, and the next best backend takes over', async () => {
    const { engine, events } = await startEngine(backend);
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
    const reports: EmbedReport[number][] = [];
    await engine.embed(await drawItems(2), 'centre', {
      onReport: (report) => void reports.push(...report),
    });
    expect(reports.every((report) => 'embedding' in report)).toBe(true);
  });

  it('costs no picture that is being embedded', async () => {
    const { engine, events } = await startEngine(backend);
    const items = await drawItems(70);
    const reports: EmbedReport[number][] = [];
    await engine.embed(items, 'centre', {
      onReport: (report) => {
        if (reports.length === 0) void engine.loseDevice();
        reports.push(...report);
      },
    });
    expect(events.map((event) => event.kind === 'backend' && event.problem)).toEqual([lost]);
    expect(reports.map(({ key }) => key)).toEqual(items.map(({ key }) => key));
    for (const report of reports) {
      if (!('embedding' in report)) throw new Error(report.problem.code);
      expect(Math.max(...report.embedding)).toBeGreaterThan(0.1);
    }
  });

  it('makes a fit start over', async () => {
    const { engine, events } = await startEngine(backend);
    const epochs: number[] = [];
    const fitted = await engine.trainHead(separableSet(), fitOptions({ epochs: 8 }), {
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
