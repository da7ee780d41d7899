/** Real workers, killed at random moments behind the engine's back. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cosine } from '../core/cosine.ts';
import type { Head } from '../core/head.ts';
import { Cancelled, WorkerGone } from '../core/problem.ts';
import { createRandom } from '../core/random.ts';
import { exampleSource } from '../formats/testing/example-classifier.ts';
import { createEngine, type EngineClient } from './client.ts';
import type { EmbedItem, EmbedReport, EngineEvent } from './contract.ts';
import { createExportEngine } from './exporting/client.ts';
import type { PictureRemote } from './remote.ts';
import { informativeHead } from './testing/informative-head.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';
import { fitOptions, separableSet } from './testing/training-sets.ts';
import { watchWorker } from './watched-worker.ts';

const FILES = asFiles(tinyMobilenet());
const ROUNDS = [1, 2, 3, 4, 5];

const engines: EngineClient[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) engine.dispose();
  await expect.poll(locksLeft).toBe(0);
});

/** Those that workers hold and those that the page waits for. */
async function locksLeft(): Promise<number> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return [...held, ...pending].filter(({ name }) => name?.startsWith('headstart ')).length;
}

async function startEngine(kernel: boolean) {
  const engine = createEngine({ kernel });
  engines.push(engine);
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  await engine.start({ backend: 'wasm' });
  await load(engine);
  return { engine, events, told: (kind: EngineEvent['kind']) => countOf(events, kind) };
}

async function load(engine: EngineClient) {
  const loaded = await engine.loadBackbone({ kind: 'files', files: FILES, inputRange: null });
  expect(loaded).toMatchObject({ ok: true });
}

function countOf(events: readonly EngineEvent[], kind: EngineEvent['kind']): number {
  return events.filter((event) => event.kind === kind).length;
}

function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

async function embedAll(engine: EngineClient, items: readonly EmbedItem[]) {
  const reports: EmbedReport[number][] = [];
  await engine.embed(items, 'centre', { onReport: (report) => void reports.push(...report) });
  return reports;
}

function embeddingsOf(reports: readonly EmbedReport[number][]): Map<string, Float32Array> {
  return new Map(
    reports.map((report) => {
      if (!('embedding' in report)) throw new Error(report.problem.code);
      return [report.key, report.embedding];
    }),
  );
}

let items: EmbedItem[];
let right: Map<string, Float32Array>;
let head: Head;
let tensors: number;
beforeAll(async () => {
  items = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => ({
      key: String(index),
      file: await drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    })),
  );
  const { engine } = await startEngine(false);
  right = embeddingsOf(await embedAll(engine, items));
  head = informativeHead([...right.values()], [3]);
  tensors = (await engine.memory()).numTensors;
});

describe('a worker that is watched', () => {
  const start = (onGone: (reason: string) => void, script = './picture-worker.ts') =>
    watchWorker<PictureRemote>(
      (name) => new Worker(new URL(script, import.meta.url), { name, type: 'module' }),
      onGone,
    );

  it('rejects what is under way when it dies, and all that comes after', async () => {
    const reasons: string[] = [];
    const worker = start((reason) => reasons.push(reason));
    const underWay = worker.call(() => new Promise(() => undefined));
    await worker.kill();
    await expect(underWay).rejects.toBeInstanceOf(WorkerGone);
    await expect(worker.call(() => Promise.resolve(1))).rejects.toBeInstanceOf(WorkerGone);
    expect(reasons).toHaveLength(1);
  });

  it('is gone when its script never comes', async () => {
    const reasons: string[] = [];
    const worker = start((reason) => reasons.push(reason), './no-such-worker.ts');
    await expect(worker.call(() => new Promise(() => undefined))).rejects.toBeInstanceOf(
      WorkerGone,
    );
    expect(reasons).toHaveLength(1);
  });

  it('that is ended tells nobody', async () => {
    const reasons: string[] = [];
    const worker = start((reason) => reasons.push(reason));
    await worker.call(async (remote) => {
      await remote.dropNetwork(1);
    });
    const underWay = worker.call(() => new Promise(() => undefined));
    worker.end();
    await expect(underWay).rejects.toBeInstanceOf(Cancelled);
    await expect.poll(locksLeft).toBe(0);
    expect(reasons).toEqual([]);
  });
});

describe.each([false, true])('workers that die (with the kernel: %s)', (kernel) => {
  it.each(ROUNDS)('cost no picture that is being embedded, %i', async (seed) => {
    const random = createRandom(seed);
    const { engine, told } = await startEngine(kernel);
    const [first, second] = [random.int(250), random.int(250)];
    const kills = [
      sleep(first).then(() => engine.killWorker('engine')),
      sleep(second).then(() => engine.killWorker(random.int(engine.pictureWorkers))),
    ];
    const reports = await embedAll(engine, items);
    await Promise.all(kills);
    expect(reports.map(({ key }) => key).sort()).toEqual([...right.keys()].sort());
    for (const [key, embedding] of embeddingsOf(reports)) {
      expect(cosine(embedding, right.get(key) ?? new Float32Array())).toBeGreaterThan(0.9999);
    }
    // It may have been killed after the last picture.
    await expect.poll(() => told('restarted')).toBe(1);
    expect(embeddingsOf(await embedAll(engine, items)).size).toBe(items.length);
    expect((await engine.memory()).numTensors).toBe(tensors);
  });

  it('let live classification go on with the next frame', async () => {
    const random = createRandom(7);
    const { engine, told } = await startEngine(kernel);
    await engine.useHead(head);
    const shown = items[0]?.file ?? new Blob();
    const probabilitiesOf = async () => {
      const answer = await engine.classify(await createImageBitmap(shown), 'centre');
      return answer.ok ? answer.value.probabilities : answer.problem.code;
    };
    const expected = await probabilitiesOf();
    if (typeof expected === 'string') throw new Error(expected);
    for (let kill = 0; kill < 6; kill++) {
      const worker = kill % 2 === 0 ? 'engine' : random.int(engine.pictureWorkers);
      const killed = sleep(random.int(40)).then(() => engine.killWorker(worker));
      for (let frame = 0; frame < 12; frame++) {
        const found = await probabilitiesOf();
        if (typeof found === 'string') expect(found).toBe('engine-crashed');
        else expect(cosine(found, expected)).toBeGreaterThan(0.9999);
      }
      await killed;
      // The other backbone, head and backend would answer otherwise, or not at all.
      await expect.poll(probabilitiesOf).toHaveLength(3);
    }
    expect(told('restarted')).toBe(3);
    expect(told('stopped')).toBe(0);
  });

  it('cost no picture that is looked at', async () => {
    const { engine } = await startEngine(kernel);
    const looked = items.slice(0, 12).map(({ file }) => engine.inspect(file as File));
    for (let index = 0; index < engine.pictureWorkers; index++) await engine.killWorker(index);
    for (const outcome of await Promise.all(looked)) expect(outcome).toMatchObject({ ok: true });
  });

  it('over and over end in a problem, and can be started again', async () => {
    const { engine, events, told } = await startEngine(kernel);
    const killing = (async () => {
      while (told('stopped') === 0) {
        await sleep(5);
        await Promise.race([engine.killWorker('engine'), sleep(50)]);
      }
    })();
    const embedding = embedAll(engine, items);
    await expect(embedding).rejects.toBeInstanceOf(WorkerGone);
    await killing;
    const problem = { code: 'engine-keeps-crashing' };
    expect(events.at(-1)).toMatchObject({ kind: 'stopped', problem });
    await expect(engine.backboneFiles()).rejects.toMatchObject({ problem });
    expect(await engine.start({ backend: 'wasm' })).toMatchObject({ ok: true });
    await load(engine);
    expect(embeddingsOf(await embedAll(engine, items)).size).toBe(items.length);
  });

  it('of all kinds at once leave nothing waiting', async () => {
    const random = createRandom(11);
    const { engine, told } = await startEngine(kernel);
    await engine.useHead(head);
    const over = new AbortController();
    const killing = (async () => {
      while (!over.signal.aborted) {
        await sleep(random.int(150));
        const worker = random.int(3) === 0 ? 'engine' : random.int(engine.pictureWorkers);
        await Promise.race([engine.killWorker(worker), sleep(50)]);
      }
    })();
    const work = [
      embedAll(engine, items).then(embeddingsOf),
      engine.trainHead(separableSet(), fitOptions({ epochs: 100 })),
      engine.predict(head, new Float32Array(32)),
      engine.classify(items[1]?.file ?? new Blob(), 'centre'),
      engine.backboneFiles(),
    ];
    for (const outcome of await Promise.allSettled(work)) {
      if (outcome.status === 'fulfilled') continue;
      const { name, message } = outcome.reason as Error;
      expect([name, message]).toContain(name === 'WorkerGone' ? name : 'file-crashes');
    }
    over.abort();
    await killing;
    if (told('stopped') > 0) {
      await engine.start({ backend: 'wasm' });
      await load(engine);
    }
    expect(embeddingsOf(await embedAll(engine, items)).size).toBe(items.length);
  });
});

describe.each(['exact', 'step-by-step'] as const)('a fit that is %s', (solver) => {
  const set = separableSet(3, 8, 60, 256);
  const options = fitOptions({ solver, epochs: 60, l2Candidates: [1, 0.1, 0.01, 1e-3, 1e-4] });
  let whole: readonly number[];
  beforeAll(async () => {
    const { engine } = await startEngine(false);
    whole = await kernelOf(engine);
  });

  async function kernelOf(engine: EngineClient): Promise<readonly number[]> {
    const fitted = await engine.trainHead(set, options);
    if (!fitted.ok) throw new Error(fitted.problem.code);
    return [...(fitted.value.head.layers[0]?.kernel ?? [])];
  }

  it.each(ROUNDS)('gives the same head when its worker dies, %i', async (seed) => {
    const { engine, told } = await startEngine(false);
    const fitting = kernelOf(engine);
    await sleep(createRandom(seed).int(120));
    await engine.killWorker('engine');
    expect(await fitting).toEqual(whole);
    await expect.poll(() => told('restarted')).toBe(1);
    expect((await engine.memory()).numTensors).toBe(tensors);
  });

  it('that kills its worker twice is given up, and the engine goes on', async () => {
    const { engine, told } = await startEngine(false);
    const endless = { ...options, epochs: 1e6, l2: 0, schedule: 'constant' } as const;
    const fitting = engine.trainHead(separableSet(5, 20, 200, 1024), endless);
    await engine.killWorker('engine');
    await expect.poll(() => told('restarted')).toBe(1);
    await engine.killWorker('engine');
    await expect(fitting).rejects.toMatchObject({ problem: { code: 'engine-crashed' } });
    expect(await kernelOf(engine)).toEqual(whole);
  });

  it('can be cancelled while its worker is started again', async () => {
    const { engine } = await startEngine(false);
    const cancelling = new AbortController();
    const fitting = engine.trainHead(set, options, { signal: cancelling.signal });
    await engine.killWorker('engine');
    cancelling.abort();
    await expect(fitting).rejects.toBeInstanceOf(Cancelled);
  });
});

describe('an export', () => {
  const exports = createExportEngine(() => Promise.resolve('<!-- classifier -->'));

  it.each(ROUNDS)('whose worker dies is a problem, and the next one works, %i', async (seed) => {
    const random = createRandom(seed);
    const { engine } = await startEngine(false);
    const loaded = await engine.loadBackbone({ kind: 'files', files: FILES, inputRange: null });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    const backboneFiles = await engine.backboneFiles();
    const source = exampleSource({ head, backbone: loaded.value, backboneFiles, crop: 'centre' });
    const pictures = items.slice(0, 4).map(({ file }) => file);
    const write = () => exports.write(source, { format: 'tflite', precision: 'int8' }, pictures);
    const crashed = { problem: { code: 'export-crashed' } };

    const writing = write();
    await sleep(random.int(100));
    await exports.killWorkers();
    await expect(writing).rejects.toMatchObject(crashed);
    const written = await write();
    if (!written.ok) throw new Error(written.problem.code);

    const request = { format: 'tflite', crop: 'centre', sidePx: 224, pictures } as const;
    const running = exports.run(written.value, request);
    await sleep(random.int(100));
    await exports.killWorkers();
    await expect(running).rejects.toMatchObject(crashed);
    expect((await exports.run(written.value, request)).probabilities).toHaveLength(12);
  });
});
