/** The engine's workers: started, joined, watched, and started again when they die. */
import { proxy, transfer } from 'comlink';
import { WorkerGone, type Problem } from '../../core/problem.ts';
import type { EngineEvent } from '../contract.ts';
import type { EngineRemote, PictureRemote, Reporter } from '../remote.ts';
import { watchWorker, type WatchedWorker } from '../watched-worker.ts';

export type EngineWorker = WatchedWorker<EngineRemote>;
export type PictureWorker = WatchedWorker<PictureRemote>;

export interface WorkersParts {
  readonly simd: boolean;
  /** The name of the database that keeps embeddings; null where none does. */
  readonly shelf: string | null;
  readonly report: Reporter<EngineEvent>;
  /** Gives a new engine worker what the one before had. @throws {WorkerGone} with the problem where it can't. */
  readonly restore: (engine: EngineWorker) => Promise<void>;
}

export interface Workers {
  /** The engine worker that does the work, once it is ready. @throws {WorkerGone} when none is started any more. */
  engine(): Promise<EngineWorker>;
  /** One picture worker after the other. @throws {WorkerGone} when there are none left. */
  picture(): PictureWorker;
  /** Something came of the work: what dies next hasn't died at once. */
  prove(): void;
  /** Begins anew where it was given up. */
  revive(): void;
  /** Ends one without telling anybody. For tests. */
  readonly kill: (worker: 'engine' | number) => Promise<void>;
  readonly pictureCount: number;
  end(): void;
}

/** The engine worker isn't started again after so many deaths within a minute that nothing came between. */
const MOST_DEATHS = 3;
const MEMORY_MILLIS = 60_000;

export function startWorkers({ simd, shelf, report, restore }: WorkersParts): Workers {
  const pictures: (PictureWorker | null)[] = [];
  const pictureDeaths: number[] = [];
  let engineDeaths: number[] = [];
  let engine: EngineWorker;
  /** The engine worker once it can be called, and once it has what the one before had. */
  let connected: Promise<EngineWorker>;
  let ready: Promise<EngineWorker>;
  let stopped = false;
  let ended = false;
  let turn = 0;

  const startPicture = (index: number) =>
    startPictureWorker((reason) => void replacePicture(index, reason));

  const stop = (problem: Problem) => {
    stopped = true;
    const gone = new WorkerGone(problem);
    engine.end(gone);
    connected = ready = Promise.reject(gone);
    quiet(ready);
    void report({ kind: 'stopped', problem });
  };

  const replacePicture = async (index: number, reason: string) => {
    // Since it last came up: what it dies of then is a matter of the files.
    const deaths = (pictureDeaths[index] ?? 0) + 1;
    const next = deaths < MOST_DEATHS ? startPicture(index) : null;
    [pictures[index], pictureDeaths[index]] = [next, deaths];
    if (!stopped && pictures.every((each) => each === null))
      stop({ code: 'engine-keeps-crashing', reason });
    try {
      const told = await connected;
      await told.call((remote) => remote.setPictureWorker(index, null));
      const port = next === null ? null : await portTo(next, false);
      if (port === null) return;
      pictureDeaths[index] = 0;
      await told.call((remote) => remote.setPictureWorker(index, transfer(port, [port])));
    } catch {
      // The engine worker is gone too: the next one is joined with all that are there.
    }
  };

  const joinEngine = async (joined: EngineWorker) => {
    const ports = await Promise.all(
      pictures.map(async (each) => (each === null ? null : portTo(each, true))),
    );
    await joined.call((remote) =>
      remote.connect(
        transfer(
          ports,
          ports.filter((port) => port !== null),
        ),
        document.baseURI,
        simd,
        shelf,
        proxy(report),
      ),
    );
    return joined;
  };

  const startEngine = () => {
    engine = watchWorker<EngineRemote>(
      (name) => new Worker(new URL('../worker.ts', import.meta.url), { name, type: 'module' }),
      replaceEngine,
    );
    connected = ready = joinEngine(engine);
    quiet(connected);
  };

  const replaceEngine = (reason: string) => {
    const now = performance.now();
    engineDeaths = [...engineDeaths.filter((at) => at > now - MEMORY_MILLIS), now];
    if (engineDeaths.length >= MOST_DEATHS) {
      stop({ code: 'engine-keeps-crashing', reason });
      return;
    }
    startEngine();
    const began = engine;
    const restored = connected.then(async () => {
      await restore(began);
      void report({ kind: 'restarted' });
      return began;
    });
    ready = restored;
    restored.catch((error: unknown) => {
      // Where it died meanwhile another is on its way.
      if (ready !== restored || ended) return;
      stop(
        error instanceof WorkerGone ? error.problem : { code: 'unexpected', reason: String(error) },
      );
    });
  };

  const start = () => {
    const count = countPictureWorkers(simd);
    for (let index = 0; index < count; index++) {
      pictureDeaths[index] = 0;
      pictures[index] ??= startPicture(index);
    }
    engineDeaths = [];
    stopped = false;
    startEngine();
  };
  start();

  return {
    engine: async () => {
      for (;;) {
        const awaited = ready;
        try {
          return await awaited;
        } catch (error) {
          if (awaited === ready) throw error;
        }
      }
    },
    picture: () => {
      const present = pictures.filter((each) => each !== null);
      const next = present[turn++ % present.length];
      if (next !== undefined) return next;
      throw new WorkerGone({ code: 'engine-keeps-crashing', reason: 'no picture worker is left' });
    },
    prove: () => {
      engineDeaths = [];
    },
    revive: () => {
      if (stopped) start();
    },
    kill: (worker) => {
      const killed = worker === 'engine' ? engine : pictures[worker];
      return killed?.kill() ?? Promise.resolve();
    },
    pictureCount: pictures.length,
    end: () => {
      ended = true;
      for (const each of [engine, ...pictures]) each?.end();
    },
  };
}

/**
 * Where they may embed too, one for each core: beyond six, their memory (each holds the backbone's
 * weights) counts for more. Else half the cores decode and the others compute; beyond four, decoding
 * is nowhere what takes longest.
 */
function countPictureWorkers(mayEmbed: boolean): number {
  const cores = navigator.hardwareConcurrency;
  return mayEmbed ? Math.min(6, cores) : Math.min(4, Math.max(1, Math.floor(cores / 2)));
}

function startPictureWorker(onGone?: (reason: string) => void): PictureWorker {
  return watchWorker<PictureRemote>(
    (name) =>
      new Worker(new URL('../picture-worker.ts', import.meta.url), { name, type: 'module' }),
    onGone,
  );
}

/** A channel from the engine worker to a picture worker, past the page; null where that one is dead. */
async function portTo(worker: PictureWorker, fresh: boolean): Promise<MessagePort | null> {
  const { port1, port2 } = new MessageChannel();
  try {
    await worker.call((remote) => remote.connect(transfer(port1, [port1]), fresh));
    return port2;
  } catch (error) {
    if (error instanceof WorkerGone) return null;
    throw error;
  }
}

/** Whoever waits for it hears of its failure; nobody has to. */
function quiet(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
