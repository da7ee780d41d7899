/** The right to write a project on disk: one tab has it. */
export interface Writing {
  readonly held: boolean;
  /** Takes the right from the tab that has it. */
  steal(): Promise<void>;
  /** Lets another tab have it. */
  release(): void;
}

/** A page that is just being closed or reloaded needs a moment to let go. */
const PATIENCE_MILLIS = 1500;

/**
 * Claims the right to write.
 *
 * Two tabs that write one project would undo each other's work without a word. The lock is the browser's own, so a killed tab lets go of it.
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
  if (!locks) return { held: true, steal: () => Promise.resolve(), release: () => undefined };
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const steal = (): Promise<void> => hold(locks, name, { steal: true }, released, onLost);
  try {
    const signal = AbortSignal.timeout(patienceMillis);
    await hold(locks, name, { signal }, released, onLost);
    return { held: true, steal, release };
  } catch {
    return { held: false, steal, release };
  }
}

/** Resolves once the lock is had, and keeps it until it is released or the page ends. */
function hold(
  locks: LockManager,
  name: string,
  options: LockOptions,
  released: Promise<void>,
  onLost: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = false;
    locks
      .request(name, options, () => {
        held = true;
        resolve();
        return released;
      })
      .catch((error: unknown) => {
        if (held) onLost();
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}
