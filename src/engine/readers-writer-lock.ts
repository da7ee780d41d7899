/**
 * A readers–writer lock, for the device: work that only computes shares it; changing the backend or
 * the backbone waits for that to finish, and holds back what comes after. Shared work must not ask
 * for the lock while it has it.
 */
export interface ReadersWriterLock {
  shared<T>(work: () => Promise<T>): Promise<T>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

export function createReadersWriterLock(): ReadersWriterLock {
  /** Resolves when all exclusive work so far is done. */
  let last: Promise<unknown> = Promise.resolve();
  const sharing = new Set<Promise<unknown>>();
  return {
    shared: async (work) => {
      let seen;
      do {
        seen = last;
        await seen;
        // Another may have been asked for meanwhile.
      } while (seen !== last);
      const running = work();
      sharing.add(running);
      try {
        return await running;
      } finally {
        sharing.delete(running);
      }
    },
    exclusive: (work) => {
      const running = last.then(() => Promise.allSettled(sharing)).then(work);
      last = running.catch(() => undefined);
      return running;
    },
  };
}
