import type { ProjectStore } from './contract.ts';
import { openIndexedDbStore } from './indexeddb-store.ts';
import { claimWriting } from './one-writer.ts';
import { ResilientStore } from './resilient-store.ts';
import { DATABASE_NAME } from './schema.ts';

/** Opens the project on this machine: on disk where the browser lets us, else in memory, said through its events. */
export async function createStore(name: string = DATABASE_NAME): Promise<ProjectStore> {
  let onLost = (): void => undefined;
  const [writing, disk] = await Promise.all([
    claimWriting(name, () => onLost()),
    openIndexedDbStore(name),
  ]);
  const store = new ResilientStore(disk.ok ? disk.value : null, () => writing.steal());
  onLost = () => store.stopWriting('taken-over');
  if (!disk.ok) store.report(disk.problem);
  else if (!writing.held) store.stopWriting('open-elsewhere');
  return store;
}

/** A project that lives as long as the page: for the terminal run. */
export function createTemporaryStore(): ProjectStore {
  return new ResilientStore(null);
}
