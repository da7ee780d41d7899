import { transfer, wrap, type Remote } from 'comlink';
import { at } from '../core/at.ts';
import type { NetworkId, PictureRemote } from './remote.ts';
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
  /** Every worker holds the network, or none. @throws where one can't. */
  loadNetwork(plan: NetworkPlan): Promise<PooledNetwork>;
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
const FILES_A_WORKER = 3;

interface PooledWorker {
  readonly remote: Remote<PictureRemote>;
  busy: number;
}

/** Each picture goes to the worker with the fewest under way. */
export function createPicturePool(ports: readonly MessagePort[]): PicturePool {
  const workers: PooledWorker[] = ports.map((port) => ({ remote: wrap(port), busy: 0 }));
  const waiting: (() => void)[] = [];
  let lastId: NetworkId = 0;

  const onWorker = async <T>(work: (remote: Remote<PictureRemote>) => Promise<T>): Promise<T> => {
    const worker = leastBusy(workers);
    worker.busy++;
    try {
      return await work(worker.remote);
    } finally {
      worker.busy--;
      waiting.shift()?.();
    }
  };

  /** Waits until a worker has room. */
  const room = async (): Promise<void> => {
    while (leastBusy(workers).busy >= FILES_A_WORKER) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };

  return {
    prepare: async (picture, name, crop, sidePx, network) => {
      if (picture instanceof Blob) await room();
      const moved = picture instanceof Blob ? picture : transfer(picture, [picture]);
      return onWorker(async (remote) => remote.prepare(moved, name, crop, sidePx, network));
    },
    loadNetwork: async (plan) => {
      const id = ++lastId;
      const dispose = () => {
        for (const { remote } of workers) void remote.dropNetwork(id);
      };
      const loading = workers.map(({ remote }) => remote.loadNetwork(id, plan));
      const failed = (await Promise.allSettled(loading)).find(
        ({ status }) => status === 'rejected',
      );
      if (failed !== undefined) dispose();
      await Promise.all(loading);
      const run = async (inputs: readonly SimdInput[]) => {
        const rows = await Promise.all(
          inputs.map((input) => onWorker((remote) => remote.run(id, input))),
        );
        const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
        rows.forEach((row, index) => {
          all.set(row, index * row.length);
        });
        return all;
      };
      return { id, workers: workers.length, run, dispose };
    },
  };
}

function leastBusy(workers: readonly PooledWorker[]): PooledWorker {
  return workers.reduce(
    (best, worker) => (worker.busy < best.busy ? worker : best),
    at(workers, 0),
  );
}
