/** At most this long without letting the page answer. */
const TURN_MILLIS = 12;

/**
 * For loops over thousands of small steps on the page: awaited at each step,
 * it lets events and frames through whenever a turn has lasted long enough.
 */
export function createBreather(): () => Promise<void> {
  let turnStart = performance.now();
  return async () => {
    if (performance.now() - turnStart < TURN_MILLIS) return;
    await nextTask();
    turnStart = performance.now();
  };
}

/** Resolves in a task of its own. A timer would be held back in a hidden tab. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
