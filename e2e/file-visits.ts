import type { Page, Worker } from '@playwright/test';

/** How often a file's bytes were asked for, and how often they were decoded. */
export interface Visits {
  readonly reads: number;
  readonly decodes: number;
}

type Counts = Record<number, { reads: number; decodes: number }>;
type CountingScope = typeof globalThis & { fileVisits?: Counts };
type Thread = Pick<Page, 'evaluate'> | Pick<Worker, 'evaluate'>;

/**
 * Counts in the page and all its workers, from now on, what is done with files. A file is known by its
 * size, whichever copy of it is at hand: no two may be of one size. A read is any of a file's content
 * or of a part of it, from disk, memory or the database; a decode is any by the browser.
 *
 * @returns reads the sum over all threads, by size.
 */
export async function countVisits(
  page: Page,
  sizes: readonly number[],
): Promise<() => Promise<ReadonlyMap<number, Visits>>> {
  const threads: Thread[] = [page, ...page.workers()];
  page.on('worker', (worker) => {
    threads.push(worker);
    void worker.evaluate(countHere, sizes);
  });
  for (const thread of threads) await evaluateIn(thread, countHere, sizes);
  return async () => {
    const sums = new Map(sizes.map((size) => [size, { reads: 0, decodes: 0 }]));
    for (const thread of threads) {
      const own = await evaluateIn(thread, () => (globalThis as CountingScope).fileVisits, sizes);
      for (const [size, sum] of sums) {
        sum.reads += own?.[size]?.reads ?? 0;
        sum.decodes += own?.[size]?.decodes ?? 0;
      }
    }
    return sums;
  };
}

/** A page's and a worker's `evaluate` can't be called as one. */
function evaluateIn<T>(
  thread: Thread,
  work: (sizes: readonly number[]) => T,
  sizes: readonly number[],
): Promise<T> {
  const { evaluate } = thread as { evaluate: (...given: unknown[]) => Promise<T> };
  return evaluate.call(thread, work, sizes);
}

/** Runs in a page or a worker: it can use nothing of this file but types. */
function countHere(sizes: readonly number[]): void {
  const counts: Counts = Object.fromEntries(sizes.map((size) => [size, { reads: 0, decodes: 0 }]));
  (globalThis as CountingScope).fileVisits = counts;
  const partOf = new WeakMap<object, number>();

  /** Of a file's content, in any of the forms that it comes in. */
  const sizeOf = (value: unknown): number => {
    if (value instanceof Blob) return partOf.get(value) ?? value.size;
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
    return -1;
  };
  const count = (what: 'reads' | 'decodes', value: unknown): void => {
    const known = counts[sizeOf(value)];
    if (known) known[what]++;
  };
  /** Has a look at what a method was called on and with, and at what it gave. */
  const watch = (
    owner: object | undefined,
    method: string,
    look: (given: readonly unknown[], on: object, result: unknown) => void,
  ): void => {
    const methods = owner as Record<string, ((...given: unknown[]) => unknown) | undefined>;
    const plain = owner === undefined ? undefined : methods[method];
    if (plain === undefined) return;
    methods[method] = function (this: object, ...given) {
      const result: unknown = Reflect.apply(plain, this, given);
      look(given, this, result);
      return result;
    };
  };
  const scope = globalThis as unknown as Record<string, { prototype: object } | undefined>;

  for (const method of ['arrayBuffer', 'bytes', 'stream', 'text'])
    watch(Blob.prototype, method, (_, blob) => {
      count('reads', blob);
    });
  for (const reader of ['FileReader', 'FileReaderSync'])
    for (const form of ['ArrayBuffer', 'BinaryString', 'DataURL', 'Text'])
      watch(scope[reader]?.prototype, `readAs${form}`, ([blob]) => {
        count('reads', blob);
      });
  watch(Blob.prototype, 'slice', (_, blob, part) => {
    partOf.set(part as Blob, sizeOf(blob));
  });
  // Only a picture that is to be shown gets an address.
  for (const [owner, method] of [
    [globalThis, 'createImageBitmap'],
    [URL, 'createObjectURL'],
  ] as const)
    watch(owner, method, ([source]) => {
      count('decodes', source);
    });
  if ('ImageDecoder' in globalThis)
    globalThis.ImageDecoder = new Proxy(ImageDecoder, {
      construct: (target, given: [ImageDecoderInit]) => {
        count('decodes', given[0].data);
        return new target(...given);
      },
    });

  /** What comes out of the database: a file, or a record with one. */
  const countStored = (value: unknown, depth = 0): void => {
    if (sizeOf(value) >= 0) count('reads', value);
    else if (typeof value === 'object' && value !== null && depth < 4)
      for (const part of Object.values(value) as unknown[]) countStored(part, depth + 1);
  };
  for (const method of ['get', 'getAll'])
    watch(IDBObjectStore.prototype, method, (_, __, result) => {
      const request = result as IDBRequest;
      request.addEventListener('success', () => {
        countStored(request.result);
      });
    });
}
