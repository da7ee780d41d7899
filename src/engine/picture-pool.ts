import { transfer, wrap, type Remote } from 'comlink';
import { failed, WorkerGone } from '../core/problem.ts';
import type { SentFile } from './picture/visit.ts';
import type { NetworkId, PictureRemote, PrepareAim } from './remote.ts';
import type { NetworkPlan } from '../network/wasm/plan.ts';
import type { PlanRunner } from '../network/wasm/simd-backbone.ts';
import type { SimdInput } from '../network/wasm/simd-network.ts';

/** The picture workers as the engine worker sees them. */
export interface PicturePool {
  /**
   * A picture as a backbone's input, or as its embedding by a network that the workers hold. A frame
   * is moved, closed, and goes before the files that wait.
   *
   * @param name for a problem.
   */
  readonly prepare: PictureRemote['prepare'];
  /** @param urgent goes before the files that wait, as a frame does. */
  readonly visit: (
    file: SentFile,
    aim: PrepareAim | null,
    urgent?: boolean,
  ) => ReturnType<PictureRemote['visit']>;
  readonly visitRendered: PictureRemote['visitRendered'];
  /** Every worker holds the network, or none. @throws where one can't. */
  loadNetwork(plan: NetworkPlan): Promise<PooledNetwork>;
  /** A worker has died (null), or another has come in its place: that one takes pictures once it holds what the others do. */
  setWorker(index: number, port: MessagePort | null): Promise<void>;
}

/** A network that all picture workers hold. */
export interface PooledNetwork extends PlanRunner {
  readonly id: NetworkId;
  readonly workers: number;
}

/**
 * Files under way in one worker: while one computes the next are read and decoded beside it. More
 * would hold up a camera's frame.
 */
const FILES_A_WORKER = 5;

interface PooledWorker {
  readonly port: MessagePort;
  readonly remote: Remote<PictureRemote>;
  busy: number;
  /** It holds every network. */
  ready: boolean;
  /** Rejects the work under way. */
  readonly underWay: Set<(error: WorkerGone) => void>;
}

interface HeldNetwork {
  readonly plan: NetworkPlan;
  /** Workers that died while they loaded it. */
  deaths: number;
}

/** Each picture goes to the worker with the fewest under way. */
export function createPicturePool(ports: readonly (MessagePort | null)[]): PicturePool {
  const workers = ports.map((port) => (port === null ? null : poolWorker(port, true)));
  const held = new Map<NetworkId, HeldNetwork>();
  let waiting: (() => void)[] = [];
  let lastId: NetworkId = 0;

  const present = () => workers.filter((worker) => worker !== null);

  const wakeAll = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  /**
   * Waits for a worker with fewer under way than `limit`.
   *
   * @param places how much of it the work takes up.
   */
  const onWorker = async <T>(
    limit: number,
    places: number,
    work: (remote: Remote<PictureRemote>) => Promise<T>,
  ): Promise<T> => {
    let worker = leastBusy(present());
    while (worker === null || worker.busy >= limit) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      worker = leastBusy(present());
    }
    worker.busy += places;
    try {
      return await callOn(worker, work);
    } finally {
      worker.busy -= places;
      wakeAll();
    }
  };

  const dropNetwork = (id: NetworkId) => {
    held.delete(id);
    for (const worker of present()) {
      callOn(worker, (remote) => remote.dropNetwork(id)).catch(ignoreDeath);
    }
  };

  /** Workers that die of a network are not to die of it for ever: then it is dropped, and TF.js embeds. */
  const loadHeld = async (worker: PooledWorker) => {
    for (const [id, network] of held) {
      try {
        await callOn(worker, (remote) => remote.loadNetwork(id, network.plan));
      } catch (error) {
        const died = error instanceof WorkerGone;
        if (!died || ++network.deaths > 1) dropNetwork(id);
        if (died) return;
      }
    }
    worker.ready = true;
    wakeAll();
  };

  /** A file whose worker dies is tried once more, with a worker for itself: if that dies too, it is the file. */
  const onFile = async <T>(
    name: string,
    work: (remote: Remote<PictureRemote>) => Promise<T>,
    most = FILES_A_WORKER,
  ): Promise<T | ReturnType<typeof failed>> => {
    for (const [limit, places] of [
      [most, 1],
      [1, FILES_A_WORKER],
    ] as const) {
      try {
        return await onWorker(limit, places, work);
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error;
      }
    }
    return failed({ code: 'file-crashes', file: name });
  };

  /** What was moved to a worker is gone with it. */
  const onDrawn = async <T>(
    work: (remote: Remote<PictureRemote>) => Promise<T>,
  ): Promise<T | ReturnType<typeof failed>> => {
    try {
      return await onWorker(Infinity, 1, work);
    } catch (error) {
      if (!(error instanceof WorkerGone)) throw error;
      return failed(error.problem);
    }
  };

  return {
    prepare: async (picture, name, crop, sidePx, network) => {
      if (picture instanceof Blob)
        return onFile(name, async (remote) => remote.prepare(picture, name, crop, sidePx, network));
      const frame = transfer(picture, [picture]);
      return onDrawn(async (remote) => remote.prepare(frame, name, crop, sidePx, network));
    },
    visit: (file, aim, urgent = false) => {
      const most = urgent ? Infinity : FILES_A_WORKER;
      return onFile(file.name, async (remote) => remote.visit(file, aim), most);
    },
    visitRendered: async (file, picture, aim) => {
      try {
        // Copied, not moved: another worker may be asked with it.
        return await onFile(file.name, async (remote) => remote.visitRendered(file, picture, aim));
      } finally {
        picture.close();
      }
    },
    loadNetwork: async (plan) => {
      const id = ++lastId;
      held.set(id, { plan, deaths: 0 });
      const loading = present().map((worker) =>
        // The worker that comes in place of a dead one loads it then.
        callOn(worker, (remote) => remote.loadNetwork(id, plan)).catch(ignoreDeath),
      );
      const refused = (await Promise.allSettled(loading)).some(
        ({ status }) => status === 'rejected',
      );
      if (refused) dropNetwork(id);
      await Promise.all(loading);
      const runOne = async (input: SimdInput) => {
        const work = (remote: Remote<PictureRemote>) => remote.run(id, input);
        return onWorker(Infinity, 1, work).catch((error: unknown) => {
          ignoreDeath(error);
          return onWorker(Infinity, 1, work);
        });
      };
      const run = async (inputs: readonly SimdInput[]) => {
        const rows = await Promise.all(inputs.map(runOne));
        const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
        rows.forEach((row, index) => {
          all.set(row, index * row.length);
        });
        return all;
      };
      const dispose = () => {
        dropNetwork(id);
      };
      return { id, workers: workers.length, run, dispose };
    },
    setWorker: async (index, port) => {
      const before = workers[index];
      const worker = port === null ? null : poolWorker(port, false);
      workers[index] = worker;
      const gone = new WorkerGone({ code: 'engine-crashed', reason: 'a picture worker died' });
      for (const reject of before?.underWay ?? []) reject(gone);
      before?.port.close();
      if (worker !== null) await loadHeld(worker);
    },
  };
}

function poolWorker(port: MessagePort, ready: boolean): PooledWorker {
  return { port, remote: wrap(port), busy: 0, ready, underWay: new Set() };
}

/** @throws {WorkerGone} when it dies meanwhile. */
function callOn<T>(
  { remote, underWay }: PooledWorker,
  work: (remote: Remote<PictureRemote>) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    underWay.add(reject);
    work(remote)
      .then(resolve, reject)
      .finally(() => underWay.delete(reject));
  });
}

function ignoreDeath(error: unknown): void {
  if (!(error instanceof WorkerGone)) throw error;
}

function leastBusy(workers: readonly PooledWorker[]): PooledWorker | null {
  return workers
    .filter(({ ready }) => ready)
    .reduce<PooledWorker | null>(
      (best, worker) => (best === null || worker.busy < best.busy ? worker : best),
      null,
    );
}
