/** The right to write the project on disk: one tab has it. */
export interface Writing {
  readonly held: boolean;
  /** Takes the right from the tab that has it. */
  steal(): Promise<void>;
}

/** A page that is just being closed or reloaded needs a moment to let go. */
const PATIENCE_MILLIS = 1500;

/**
 * Claims the right to write.
 *
 * Two tabs that write whole lists of classes would undo each other's work
 * without a word. The lock is the browser's own, so a killed tab lets go of it.
 * Where there are no locks (a page that is not a secure context) it is granted.
 *
 * @param onLost called when another tab takes it.
 */
export async function claimWriting(
  name: string,
  onLost: () => void,
  patienceMillis: number = PATIENCE_MILLIS,
): Promise<Writing> {
  // Not there in an insecure context, whatever the type says.
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return { held: true, steal: () => Promise.resolve() };
  const steal = async (): Promise<void> => {
    await hold(locks, name, { steal: true }, onLost);
  };
  try {
    await hold(locks, name, { signal: AbortSignal.timeout(patienceMillis) }, onLost);
    return { held: true, steal };
  } catch {
    return { held: false, steal };
  }
}

/** Resolves once the lock is had, and keeps it for as long as the page lives. */
function hold(
  locks: LockManager,
  name: string,
  options: LockOptions,
  onLost: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = false;
    locks
      .request(name, options, () => {
        held = true;
        resolve();
        return new Promise<never>(() => undefined);
      })
      .catch((error: unknown) => {
        if (held) onLost();
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}
