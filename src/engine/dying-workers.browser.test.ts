/** Real workers, killed at random moments behind the engine's back. */
import { deleteDB } from 'idb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../core/at.ts';
import { cosine, packHashes, pooledSpace } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import { DEFAULT_TRAINING_OPTIONS } from '../core/default-options.ts';
import type { Head } from '../core/head.ts';
import { Cancelled, WorkerGone, type Problem } from '../core/problem.ts';
import { createRandom } from '../core/random.ts';
import { exampleSource } from '../formats/testing/example-classifier.ts';
import { createEngine, type EngineClient } from './client.ts';
import type { EngineEvent, SpaceId, TrainReport } from './contract.ts';
import { createExportEngine } from './exporting/client.ts';
import type { PictureRemote } from './remote.ts';
import { informativeHead } from './testing/informative-head.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { freshHashes, placeSet, type FlatSet } from './testing/rows.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';
import { fitOptions, separableSet } from './testing/training-sets.ts';
import { watchWorker } from './watched-worker.ts';

const FILES = asFiles(tinyMobilenet());
const ROUNDS = [1, 2, 3, 4, 5];
/** Only the page can draw it. */
const DRAWING = new File(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="40" height="60" fill="red"/></svg>',
  ],
  'drawn.svg',
);

const engines: EngineClient[] = [];
const shelves: string[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) engine.dispose();
  await expect.poll(locksLeft).toBe(0);
  await Promise.all(shelves.splice(0).map((shelf) => deleteDB(shelf)));
});

/** Those that workers hold and those that the page waits for. */
async function locksLeft(): Promise<number> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return [...held, ...pending].filter(({ name }) => name?.startsWith('headstart ')).length;
}

/** With a shelf of its own, as the app has one. */
async function startEngine(simd: boolean) {
  const shelf = `test-${crypto.randomUUID()}`;
  shelves.push(shelf);
  const engine = createEngine({ simd, shelf });
  engines.push(engine);
  const events: EngineEvent[] = [];
  engine.onEvent((event) => events.push(event));
  await engine.start({ backend: 'wasm' });
  const backbone = await load(engine);
  return { engine, events, backbone, told: (kind: EngineEvent['kind']) => countOf(events, kind) };
}

async function load(engine: EngineClient) {
  const loaded = await engine.loadBackbone({ kind: 'files', files: FILES, inputRange: null });
  if (!loaded.ok) throw new Error(loaded.problem.code);
  return loaded.value;
}

function countOf(events: readonly EngineEvent[], kind: EngineEvent['kind']): number {
  return events.filter((event) => event.kind === kind).length;
}

function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** Asks again for as long as the engine began anew meanwhile, as the app does. */
async function untilValid<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // One that comes from a worker keeps its name, not its class.
      if (!(error instanceof Error && error.name === 'Cancelled')) throw error;
    }
  }
}

interface Picture {
  readonly hash: Sha256;
  readonly file: File;
}

/** Under other hashes than ever before: nobody has their embeddings. */
function renamed(files: readonly File[]): Picture[] {
  const hashes = freshHashes(files.length);
  return files.map((file, index) => ({ hash: at(hashes, index), file }));
}

/** The embeddings of pictures in their order; those that aren't there are made. @throws a problem's code. */
function embedAll(engine: EngineClient, wanted = renamed(files)): Promise<Float32Array[]> {
  return untilValid(async () => {
    const packed = packHashes(wanted.map(({ hash }) => hash));
    const { id, rows } = await engine.recall(space, packed);
    const missing = [...rows.keys()].filter((index) => at(rows, index) < 0);
    const problems: Problem[] = [];
    const reported: number[] = [];
    await engine.embed(
      missing.map((index) => at(wanted, index)),
      id,
      {
        onReport: (report) => {
          reported.push(...report.items);
          problems.push(...report.problems.map(({ problem }) => problem));
          report.items.forEach((item, index) => {
            rows[at(missing, item)] = at(report.rows, index);
          });
        },
      },
    );
    expect(reported.toSorted((a, b) => a - b)).toEqual([...missing.keys()]);
    if (problems[0] !== undefined) throw new Error(problems[0].code);
    return readAll(engine, id, rows);
  });
}

async function readAll(engine: EngineClient, id: SpaceId, rows: Int32Array<ArrayBuffer>) {
  expect(new Set(rows).size).toBe(rows.length);
  const values = await engine.readRows(id, rows);
  const length = values.length / rows.length;
  return Array.from(rows, (_, index) => values.slice(index * length, (index + 1) * length));
}

function expectRight(embeddings: readonly Float32Array[]): void {
  embeddings.forEach((embedding, index) => {
    expect(cosine(embedding, at(right, index))).toBeGreaterThan(0.9999);
  });
}

let files: File[];
let space: ReturnType<typeof pooledSpace>;
let right: Float32Array[];
let head: Head;
let tensors: number;
beforeAll(async () => {
  files = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    ),
  );
  const { engine, backbone } = await startEngine(false);
  space = pooledSpace(backbone.sha256, 'centre');
  right = await embedAll(engine);
  head = informativeHead(right, [3]);
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

describe.each([false, true])('workers that die (with the SIMD runtime: %s)', (simd) => {
  it.each(ROUNDS)('cost no picture that is being embedded, %i', async (seed) => {
    const random = createRandom(seed);
    const { engine, told } = await startEngine(simd);
    const [first, second] = [random.int(250), random.int(250)];
    const kills = [
      sleep(first).then(() => engine.killWorker('engine')),
      sleep(second).then(() => engine.killWorker(random.int(engine.pictureWorkers))),
    ];
    const embeddings = await embedAll(engine);
    await Promise.all(kills);
    expect(embeddings).toHaveLength(files.length);
    expectRight(embeddings);
    // It may have been killed after the last picture.
    await expect.poll(() => told('restarted')).toBe(1);
    expectRight(await embedAll(engine));
    expect((await engine.memory()).numTensors).toBe(tensors);
  });

  it('let live classification go on with the next frame', async () => {
    const random = createRandom(7);
    const { engine, told } = await startEngine(simd);
    await engine.useHead(head);
    const shown = at(files, 0);
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

  it.each(ROUNDS)('cost no picture that is looked at, %i', async (seed) => {
    const random = createRandom(seed);
    const { engine, told } = await startEngine(simd);
    // Their hashes are those of their bytes; what is remembered of them is only this shelf's.
    const looked = [...files.slice(0, 24), DRAWING];
    const { id } = await engine.recall(space, new Uint8Array());
    const visiting = looked.map((file) => engine.visit(file, id));
    // A file that two die with would count as deadly.
    const kills = (['engine', random.int(engine.pictureWorkers)] as const).map(async (worker) => {
      await sleep(random.int(150));
      await engine.killWorker(worker);
    });
    const visits = (await Promise.all(visiting)).map((visit) => {
      if (!visit.ok) throw new Error(visit.problem.code);
      return visit.value;
    });
    await Promise.all(kills);
    await expect.poll(() => told('restarted')).toBe(1);
    const seen = visits.map(({ inspection: { hash } }, index) => ({
      hash,
      file: at(looked, index),
    }));
    expect(new Set(seen.map(({ hash }) => hash)).size).toBe(looked.length);
    expect(at(visits, 24).inspection).toMatchObject({ widthPx: 512, heightPx: 341 });
    // What became of them outlives the engine worker, and what didn't is made now.
    expectRight(await embedAll(engine, seen.slice(0, 24)));
    const { id: next } = await engine.recall(space, new Uint8Array());
    const again = await engine.visit(at(files, 30), next);
    if (!again.ok) throw new Error(again.problem.code);
    expect(again.value.row).not.toBeNull();
    expect((await engine.memory()).numTensors).toBe(tensors);
  });

  it('over and over end in a problem, and can be started again', async () => {
    const { engine, events, told } = await startEngine(simd);
    const killing = (async () => {
      while (told('stopped') === 0) {
        await sleep(5);
        await Promise.race([engine.killWorker('engine'), sleep(50)]);
      }
    })();
    const embedding = embedAll(engine);
    await expect(embedding).rejects.toBeInstanceOf(WorkerGone);
    await killing;
    const problem = { code: 'engine-keeps-crashing' };
    expect(events.at(-1)).toMatchObject({ kind: 'stopped', problem });
    await expect(engine.backboneFiles()).rejects.toMatchObject({ problem });
    expect(await engine.start({ backend: 'wasm' })).toMatchObject({ ok: true });
    await load(engine);
    expectRight(await embedAll(engine));
  });

  it('of the same pictures each time are not started for ever', async () => {
    const { engine, events } = await startEngine(simd);
    const deadly = async () => {
      const { id } = await engine.recall(space, packHashes(freshHashes(1)));
      const embedding = engine.embed(renamed(files), id);
      await engine.killWorker('engine');
      await embedding;
    };
    const crashed = { problem: { code: 'engine-crashed' } };
    await expect(untilValid(deadly)).rejects.toMatchObject(crashed);
    // That it answered what it was asked about between is no sign that it can go on.
    const problem = { code: 'engine-keeps-crashing' };
    await expect(untilValid(deadly)).rejects.toMatchObject({ problem });
    expect(events.at(-1)).toMatchObject({ kind: 'stopped', problem });
  });

  it('of all kinds at once leave nothing waiting', async () => {
    const random = createRandom(11);
    const { engine, told } = await startEngine(simd);
    await engine.useHead(head);
    const over = new AbortController();
    const killing = (async () => {
      while (!over.signal.aborted) {
        await sleep(random.int(150));
        const worker = random.int(3) === 0 ? 'engine' : random.int(engine.pictureWorkers);
        await Promise.race([engine.killWorker(worker), sleep(50)]);
      }
    })();
    const set = await untilValid(() => placeSet(engine, separableSet()));
    const judged = { rows: set.rows.slice(0, 5), classes: set.classes.slice(0, 5) };
    const options = { ...DEFAULT_TRAINING_OPTIONS, epochs: 100 };
    const work = [
      embedAll(engine),
      ...(['exact', 'step-by-step'] as const).map((solver) =>
        engine.train({
          set,
          test: judged,
          options: { ...options, solver },
          startAtHeadInUse: false,
        }),
      ),
      engine.predict(head, set.space, set.rows),
      ...files.slice(0, 5).map((file) => engine.visit(file, set.space)),
      engine.visit(DRAWING, null),
      engine.classify(at(files, 1), 'centre'),
      engine.backboneFiles(),
    ];
    for (const outcome of await Promise.allSettled<unknown>(work)) {
      if (outcome.status === 'fulfilled') continue;
      const { name, message } = outcome.reason as Error;
      expect(['WorkerGone', 'Cancelled', 'file-crashes']).toContain(
        name === 'Error' ? message : name,
      );
    }
    over.abort();
    await killing;
    if (told('stopped') > 0) {
      await engine.start({ backend: 'wasm' });
      await load(engine);
    }
    expectRight(await embedAll(engine));
  });
});

describe.each(['exact', 'step-by-step'] as const)('a fit that is %s', (solver) => {
  const set: FlatSet = separableSet(3, 8, 60, 256);
  const options = fitOptions({ solver, epochs: 60, l2Candidates: [1, 0.1, 0.01, 1e-3, 1e-4] });
  let whole: readonly number[];
  beforeAll(async () => {
    const { engine } = await startEngine(false);
    whole = await kernelOf(engine);
  });

  /** What is fitted to goes with the worker, and is put into the next one. */
  async function kernelOf(engine: EngineClient, wanted = options): Promise<readonly number[]> {
    const fitted = await untilValid(async () => engine.fit(await placeSet(engine, set), wanted));
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
    const large = separableSet(5, 20, 200, 1024);
    const asked = {
      options: { ...DEFAULT_TRAINING_OPTIONS, solver, epochs: 1e6, l2: 1e-6, earlyStopping: false },
      test: { rows: new Int32Array(), classes: new Int32Array() },
      startAtHeadInUse: false,
    };
    // It dies of what comes after its first report.
    const onReport = (report: TrainReport) => {
      if ('epoch' in report && report.epoch.epoch === 1) void engine.killWorker('engine');
    };
    const training = untilValid(async () =>
      engine.train({ ...asked, set: await placeSet(engine, large) }, { onReport }),
    );
    await expect(training).rejects.toMatchObject({ problem: { code: 'engine-crashed' } });
    await expect.poll(() => told('restarted')).toBe(2);
    expect(told('stopped')).toBe(0);
    expect(await kernelOf(engine)).toEqual(whole);
  });

  it('can be cancelled while its worker is started again', async () => {
    const { engine } = await startEngine(false);
    const cancelling = new AbortController();
    const placed = await placeSet(engine, set);
    const fitting = engine.fit(placed, options, { signal: cancelling.signal });
    await engine.killWorker('engine');
    cancelling.abort();
    await expect(fitting).rejects.toBeInstanceOf(Cancelled);
  });

  it('names a space that is void where its worker died: whoever wants it asks again', async () => {
    const { engine, told } = await startEngine(false);
    const placed = await placeSet(engine, set);
    const fitting = engine.fit(placed, { ...options, epochs: 1e5, earlyStopping: false, l2: 0 });
    await engine.killWorker('engine');
    await expect(fitting).rejects.toBeInstanceOf(Cancelled);
    expect(told('restarted')).toBe(1);
    await expect(engine.fit(placed, options)).rejects.toBeInstanceOf(Cancelled);
  });
});

describe('an export', () => {
  const exports = createExportEngine(() => Promise.resolve('<!-- classifier -->'));

  it.each(ROUNDS)('whose worker dies is a problem, and the next one works, %i', async (seed) => {
    const random = createRandom(seed);
    const { engine, backbone } = await startEngine(false);
    const backboneFiles = await engine.backboneFiles();
    const source = exampleSource({ head, backbone, backboneFiles, crop: 'centre' });
    const pictures = files.slice(0, 4);
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
