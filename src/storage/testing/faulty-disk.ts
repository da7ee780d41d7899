import { failed, type Problem, type Result } from '../../core/problem.ts';
import type { Disk } from '../contract.ts';

export interface FaultyDisk {
  readonly disk: Disk;
  /** What writes fail with from now on; null: they succeed. */
  fail: (problem: Problem | null) => void;
  /** Awaited by each write before it fails or begins. */
  slowDown: (pause: (() => Promise<void>) | null) => void;
}

/** A disk that refuses writes and takes its time over them, as a test says. What it holds can always be read. */
export function faultyDisk(inner: Disk): FaultyDisk {
  let problem: Problem | null = null;
  let pause: (() => Promise<void>) | null = null;
  const guard =
    <Arguments extends unknown[]>(write: (...args: Arguments) => Promise<Result<void>>) =>
    async (...args: Arguments): Promise<Result<void>> => {
      await pause?.();
      return problem ? failed(problem) : write(...args);
    };
  const disk: Disk = {
    projects: () => inner.projects(),
    open: (id) => inner.open(id),
    create: guard((project) => inner.create(project)),
    commit: guard((changes) => inner.commit(changes)),
    duplicate: guard((id, copy) => inner.duplicate(id, copy)),
    setDeleted: guard((id, at) => inner.setDeleted(id, at)),
    purge: guard((id) => inner.purge(id)),
    readFile: (hash) => inner.readFile(hash),
    readThumbnail: (hash) => inner.readThumbnail(hash),
    neededHashes: () => inner.neededHashes(),
    removable: (id, dataset) => inner.removable(id, dataset),
    saveBackbone: guard((backbone) => inner.saveBackbone(backbone)),
    readBackbone: (id) => inner.readBackbone(id),
    persist: () => Promise.resolve(true),
  };
  return { disk, fail: (value) => (problem = value), slowDown: (value) => (pause = value) };
}
