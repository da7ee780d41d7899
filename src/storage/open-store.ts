import { MemoryDisk } from './memory-disk.ts';
import { PendingWrites } from './pending-writes.ts';
import type { ProjectStore } from './projects-contract.ts';

/** Projects that live as long as the page: for the terminal run. */
export function openTemporaryStore(): ProjectStore {
  return new PendingWrites(new MemoryDisk(), { inMemory: true });
}
