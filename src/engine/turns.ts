/**
 * Who may use the device when. Work that only computes shares it; changing the
 * backend or the backbone waits for that to finish, and holds back what comes
 * after. Shared work must not ask for a turn within its turn.
 */
export interface Turns {
  share<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  /** Resolves when all that was asked for alone so far is done. */
  let alone: Promise<unknown> = Promise.resolve();
  const sharing = new Set<Promise<unknown>>();
  return {
    share: async (work) => {
      let seen;
      do {
        seen = alone;
        await seen;
        // Another may have been asked for meanwhile.
      } while (seen !== alone);
      const running = work();
      sharing.add(running);
      try {
        return await running;
      } finally {
        sharing.delete(running);
      }
    },
    alone: (work) => {
      const running = alone.then(() => Promise.allSettled(sharing)).then(work);
      alone = running.catch(() => undefined);
      return running;
    },
  };
}
