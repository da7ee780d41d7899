import type { Page } from '@playwright/test';

/** What has gone from one thread to another. */
export interface Traffic {
  readonly messages: number;
  /** About what a structured clone of them takes; what is moved or shared by handle counts as copied, shared memory as nothing. */
  readonly bytes: number;
}

interface Thread {
  evaluate<T>(work: () => T): Promise<T>;
}

type CountingScope = typeof globalThis & { traffic?: { messages: number; bytes: number } };

/**
 * Counts from now on what the page and its workers send to one another. Each message is counted once,
 * by its sender.
 *
 * @returns reads the sum.
 */
export async function countTraffic(page: Page): Promise<() => Promise<Traffic>> {
  const threads: readonly Thread[] = [page, ...page.workers()];
  for (const thread of threads) await thread.evaluate(countHere);
  return async () => {
    let [messages, bytes] = [0, 0];
    for (const thread of threads) {
      const own = await thread.evaluate(() => (globalThis as CountingScope).traffic);
      messages += own?.messages ?? 0;
      bytes += own?.bytes ?? 0;
    }
    return { messages, bytes };
  };
}

/** Waits until nothing has been sent for so long. @returns all that was sent until then. */
export async function quiet(
  page: Page,
  read: () => Promise<Traffic>,
  forMillis: number,
): Promise<Traffic> {
  for (let before = await read(); ;) {
    await page.waitForTimeout(forMillis);
    const now = await read();
    if (now.messages === before.messages) return now;
    before = now;
  }
}

/** Runs in a page or a worker: it can use nothing of this file but types, and names no function within. */
function countHere(): void {
  const traffic = { messages: 0, bytes: 0 };
  (globalThis as CountingScope).traffic = traffic;
  const senders: object[] = [MessagePort.prototype];
  if (typeof Worker !== 'undefined') senders.push(Worker.prototype);
  // A worker's own way to its page; a window's is no thread's.
  if (typeof document === 'undefined') senders.push(globalThis);
  for (const sender of senders) {
    const posting = sender as { postMessage: (...given: unknown[]) => void };
    const post = posting.postMessage;
    posting.postMessage = function (this: unknown, ...given) {
      traffic.messages++;
      const seen = new Set<unknown>();
      const pending: unknown[] = [given[0]];
      while (pending.length > 0) {
        const value = pending.pop();
        if (typeof value === 'string') traffic.bytes += 2 * value.length;
        else if (typeof value === 'number' || typeof value === 'bigint') traffic.bytes += 8;
        else if (typeof value !== 'object' || value === null) traffic.bytes += 1;
        else if (!seen.has(value)) {
          seen.add(value);
          if (value instanceof ArrayBuffer) traffic.bytes += value.byteLength;
          else if (ArrayBuffer.isView(value)) pending.push(value.buffer);
          else if (value instanceof Map) pending.push(...value.keys(), ...value.values());
          else if (value instanceof Set || Array.isArray(value))
            for (const each of value as Iterable<unknown>) pending.push(each);
          else pending.push(...Object.keys(value), ...(Object.values(value) as unknown[]));
        }
      }
      Reflect.apply(post, this, given);
    };
  }
}
