import { Cancelled } from '../core/problem.ts';
import type { JobId } from './remote.ts';

/** What a running job looks at. */
export interface JobSignals {
  /** The work is to be thrown away. */
  readonly cancel: AbortSignal;
  /** The work is to end and keep what it has. */
  readonly stop: AbortSignal;
}

/** Long work by number, so that the page can end it by message. */
export interface Jobs {
  /** @throws {Cancelled} when it was cancelled. */
  run<T>(job: JobId, work: (signals: JobSignals) => Promise<T>): Promise<T>;
  cancel(job: JobId): void;
  stop(job: JobId): void;
}

export function createJobs(): Jobs {
  const running = new Map<JobId, { cancel: AbortController; stop: AbortController }>();
  return {
    run: async (job, work) => {
      const controllers = { cancel: new AbortController(), stop: new AbortController() };
      running.set(job, controllers);
      const { signal } = controllers.cancel;
      try {
        return await work({ cancel: signal, stop: controllers.stop.signal });
      } catch (error) {
        throw signal.aborted ? new Cancelled() : error;
      } finally {
        running.delete(job);
      }
    },
    cancel: (job) => {
      running.get(job)?.cancel.abort();
    },
    stop: (job) => {
      running.get(job)?.stop.abort();
    },
  };
}

/** @throws {Cancelled} */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}
