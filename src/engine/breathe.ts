const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

/**
 * Lets waiting messages through. A timeout would too, but browsers stretch
 * those to 4 ms, a long time between two steps of fitting.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}

/** @returns a function that breathes when it hasn't for so long, and does nothing otherwise. */
export function createPacer(millis: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < millis) return;
    await breathe();
    last = performance.now();
  };
}
