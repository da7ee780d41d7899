/** The two of a platform's own that this needs; pages, workers and Node all have them. */
declare const performance: { now(): number };
declare const MessageChannel: new () => {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
};

/** At most this long without letting a page answer. */
const TURN_MILLIS = 12;

/**
 * For loops over thousands of small steps: awaited at each step, it lets
 * events, messages and frames through whenever a turn has lasted long enough.
 */
export function createBreather(turnMillis: number = TURN_MILLIS): () => Promise<void> {
  let turnStart = performance.now();
  return async () => {
    if (performance.now() - turnStart < turnMillis) return;
    await nextTask();
    turnStart = performance.now();
  };
}

/** Resolves in a task of its own. Timers are stretched to 4 ms, and held back in a hidden tab. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
