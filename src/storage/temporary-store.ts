import { MemoryDisk } from './memory-disk.ts';
import { PendingWrites } from './pending-writes.ts';

/** Projects that live as long as the page: for the terminal run, and where there is no disk. */
export function openTemporaryStore(): PendingWrites {
  return new PendingWrites(new MemoryDisk(), { inMemory: true });
}
