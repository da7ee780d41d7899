/** A worker whose end is noticed: Comlink alone would wait for its answer for ever. */
import { wrap, type Remote } from 'comlink';
import { Cancelled, WorkerGone } from '../core/problem.ts';
import { HOLDS_LOCK } from './remote.ts';

export interface WatchedWorker<T> {
  /** @throws {WorkerGone} when it dies meanwhile, or is dead. */
  call<R>(work: (remote: Remote<T>) => Promise<R>): Promise<R>;
  /** @param error what calls under way are rejected with: `Cancelled`, unless told otherwise. */
  end(error?: Error): void;
  /** Ends it as the browser would: nobody is told. For tests. */
  kill(): Promise<void>;
}

/**
 * Starts a worker and watches it. It holds a Web Lock of a name of its own for as long as it lives:
 * whoever asks for the same lock is granted it when it is gone. Until it holds that, or where there
 * are no locks, an error that nobody caught counts as its end; later such an error ends nothing.
 *
 * @param start makes the worker, by that name.
 * @param onGone is told once, after the calls under way were rejected; not after `end`.
 */
export function watchWorker<T>(
  start: (name: string) => Worker,
  onGone: (reason: string) => void = () => undefined,
): WatchedWorker<T> {
  const name = `headstart ${String(Math.random())}`;
  const worker = start(name);
  const remote = wrap<T>(worker);
  const watching = new AbortController();
  const { signal } = watching;
  const underWay = new Set<(error: Error) => void>();
  let over: Error | null = null;

  const settle = (error: Error): void => {
    over = error;
    watching.abort();
    worker.terminate();
    for (const reject of underWay) reject(error);
  };
  const die = (reason: string): void => {
    if (over !== null) return;
    settle(new WorkerGone({ code: 'engine-crashed', reason }));
    onGone(reason);
  };
  const held = new Promise<void>((resolve) => {
    worker.addEventListener('message', ({ data }) => data === HOLDS_LOCK && resolve(), { signal });
  });
  let holdsLock = false;
  void held.then(() => {
    holdsLock = true;
    if (signal.aborted) return;
    const ended = (): void => {
      die('the browser ended it, perhaps for want of memory');
    };
    // Its own end aborts the request.
    navigator.locks.request(name, { signal }, ended).catch(() => undefined);
  });
  const options = { signal };
  worker.addEventListener(
    'error',
    ({ message }: Partial<ErrorEvent>) => {
      if (!holdsLock) die(message ?? "its script didn't load");
    },
    options,
  );
  worker.addEventListener(
    'messageerror',
    () => {
      die('an answer could not be read');
    },
    options,
  );

  return {
    call: (work) =>
      new Promise((resolve, reject) => {
        if (over !== null) {
          reject(over);
          return;
        }
        underWay.add(reject);
        work(remote)
          .then(resolve, reject)
          .finally(() => underWay.delete(reject));
      }),
    end: (error = new Cancelled()) => {
      if (over === null) settle(error);
    },
    kill: async () => {
      await held;
      worker.terminate();
    },
  };
}
