import { wrap, transfer, type Remote } from 'comlink';
import type { Crop } from '../core/preprocess.ts';
import type { Result } from '../core/problem.ts';
import type { InputPixels } from './picture/input.ts';
import type { DecodeRemote } from './remote.ts';

/** The decode workers as the engine worker sees them. */
export interface DecodePool {
  /** A picture as a backbone's input. A bitmap is moved and closed. @param name for a problem. */
  toInput(
    picture: Blob | ImageBitmap,
    name: string,
    crop: Crop,
    sidePx: number,
  ): Promise<Result<InputPixels>>;
}

/** Each picture goes to the decode worker with the fewest under way. */
export function createDecodePool(ports: readonly MessagePort[]): DecodePool {
  const workers = ports.map((port) => ({ remote: wrap<DecodeRemote>(port), busy: 0 }));
  return {
    toInput: async (picture, name, crop, sidePx) => {
      const worker = leastBusy(workers);
      worker.busy++;
      try {
        const moved = picture instanceof ImageBitmap ? transfer(picture, [picture]) : picture;
        return await worker.remote.toInput(moved, name, crop, sidePx);
      } finally {
        worker.busy--;
      }
    },
  };
}

interface PooledWorker {
  readonly remote: Remote<DecodeRemote>;
  busy: number;
}

function leastBusy(workers: readonly PooledWorker[]): PooledWorker {
  const [first, ...others] = workers;
  if (first === undefined) throw new Error('no decode worker is connected');
  return others.reduce((best, worker) => (worker.busy < best.busy ? worker : best), first);
}
