import { openIndexedDbDisk } from './indexeddb-disk.ts';
import { claimWriting } from './one-writer.ts';
import { DATABASE_NAME } from './database.ts';
import { PendingWrites } from './pending-writes.ts';
import type { ProjectStore } from './contract.ts';

/** Opens the projects on this machine: on disk where the browser lets us, else in memory, said through its events. */
export async function openStore(name: string = DATABASE_NAME): Promise<ProjectStore> {
  const disk = await openIndexedDbDisk(name);
  if (!disk.ok) {
    const { openTemporaryStore } = await import('./temporary-store.ts');
    const store = openTemporaryStore();
    store.report(disk.problem);
    return store;
  }
  return new PendingWrites(disk.value, {
    claim: (projectId, onLost) => claimWriting(`${name}/${projectId}`, onLost),
  });
}
