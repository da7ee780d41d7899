import { failed, type Problem, type Result } from '../../core/problem.ts';
import type { Store } from '../contract.ts';
import { createMemoryStore } from '../memory-store.ts';

/** A disk (kept in memory) whose writes fail while `problem` is set. */
export function breakableDisk(): { disk: Store; fail: (problem: Problem | null) => void } {
  const inner = createMemoryStore();
  let problem: Problem | null = null;
  const guard =
    <Arguments extends unknown[]>(write: (...args: Arguments) => Promise<Result<void>>) =>
    (...args: Arguments): Promise<Result<void>> =>
      problem ? Promise.resolve(failed(problem)) : write(...args);
  const disk: Store = {
    load: () => (problem ? Promise.resolve(failed(problem)) : inner.load()),
    saveProject: guard((project) => inner.saveProject(project)),
    addSamples: guard((...args) => inner.addSamples(...args)),
    updateSamples: guard((updates) => inner.updateSamples(updates)),
    removeSamples: guard((ids) => inner.removeSamples(ids)),
    readFile: (id) => inner.readFile(id),
    readThumbnail: (id) => inner.readThumbnail(id),
    saveBackbone: guard((backbone) => inner.saveBackbone(backbone)),
    readBackbone: (id) => inner.readBackbone(id),
    saveClassifier: guard((classifier) => inner.saveClassifier(classifier)),
    clear: guard(() => inner.clear()),
    persist: () => Promise.resolve(true),
  };
  return { disk, fail: (value) => (problem = value) };
}
