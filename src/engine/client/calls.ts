/** Calls of the engine worker that outlive it. */
import { proxy, type Remote } from 'comlink';
import { Cancelled, WorkerGone } from '../../core/problem.ts';
import type { Watch } from '../contract.ts';
import type { EngineRemote, JobId, Reporter } from '../remote.ts';
import type { Workers } from './workers.ts';

export interface Calls {
  /** Runs work, and once more where the engine worker died before anything came of it. @throws {WorkerGone} */
  readonly run: <T>(work: (engine: Remote<EngineRemote>) => Promise<T>) => Promise<T>;
  /** Likewise long work: gives it its number, its reports their way back, and its signal a message. */
  readonly runJob: <Report, T>(
    watch: Watch<Report> | undefined,
    start: StartJob<Report, T>,
    toll?: Toll,
  ) => Promise<T>;
}

/** @param over aborts when this attempt has ended, however that came. */
type StartJob<Report, T> = (
  engine: Remote<EngineRemote>,
  job: JobId,
  report: Reporter<Report>,
  over: AbortSignal,
) => Promise<T>;

/** How often in a row the engine worker died of some work. */
export interface Toll {
  deaths: number;
  /** The last of them: it ends all calls that were under way. */
  counted: WorkerGone | null;
  /** Whether the work goes on where it was, so that it came on with each report. Else it begins anew. */
  readonly reportsCount: boolean;
}

export function noDeaths(): Toll {
  return { deaths: 0, counted: null, reportsCount: true };
}

/** Counts a death. @returns whether the work isn't to be tried again. */
function isLast(death: WorkerGone, toll: Toll): boolean {
  if (toll.counted !== death) toll.deaths += 1;
  toll.counted = death;
  if (toll.deaths <= 1) return false;
  toll.deaths = 0;
  return true;
}

export function createCalls(workers: Pick<Workers, 'engine' | 'prove'>): Calls {
  /** Runs work, and once more where the engine worker died before anything came of it. */
  const run = async <T>(
    work: (engine: Remote<EngineRemote>) => Promise<T>,
    { signal, toll = noDeaths() }: { signal?: AbortSignal; toll?: Toll } = {},
  ): Promise<T> => {
    for (;;) {
      const engine = await (signal ? orAborted(workers.engine(), signal) : workers.engine());
      try {
        const result = await engine.call(work);
        toll.deaths = 0;
        return result;
      } catch (error) {
        if (!(error instanceof WorkerGone) || isLast(error, toll)) throw error;
      }
    }
  };

  /** Gives long work its number, its reports their way back, and its signal a message. */
  let last: JobId = 0;
  const runJob = async <Report, T>(
    { signal, onReport }: Watch<Report> = {},
    start: StartJob<Report, T>,
    toll = noDeaths(),
  ): Promise<T> => {
    let attempt = new AbortController();
    const begin = async (engine: Remote<EngineRemote>): Promise<T> => {
      const job = ++last;
      // One whose worker died never ends by itself.
      attempt.abort();
      attempt = new AbortController();
      const over = attempt.signal;
      whenAborted(signal, () => void engine.cancel(job), over);
      // Once it is over or aborted, reports that are already on their way are dropped.
      const pass = proxy((report: Report) => {
        if (over.aborted || isAborted(signal)) return;
        if (toll.reportsCount) {
          toll.deaths = 0;
          workers.prove();
        }
        onReport?.(report);
      });
      const result = await start(engine, job, pass, over);
      workers.prove();
      return result;
    };
    try {
      return await run(begin, { toll, ...(signal && { signal }) });
    } catch (error) {
      throw isAborted(signal) || isCancelled(error) ? new Cancelled() : error;
    } finally {
      attempt.abort();
    }
  };
  return { run, runJob };
}

/** Gives `Cancelled` its class back. */
export async function asCancelled<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isCancelled(error) ? new Cancelled() : error;
  }
}

/** Calls back at once or once, unless `over` first. */
export function whenAborted(
  signal: AbortSignal | undefined,
  act: () => void,
  over: AbortSignal,
): void {
  if (isAborted(signal)) act();
  signal?.addEventListener('abort', act, { once: true, signal: over });
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** @throws {Cancelled} as soon as the signal aborts; what was waited for goes on. */
async function orAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody may be left to hear of its failure.
  pending.catch(() => undefined);
  if (signal.aborted) throw new Cancelled();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    whenAborted(
      signal,
      () => {
        reject(new Cancelled());
      },
      over.signal,
    );
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    over.abort();
  }
}

/** An error that comes from a worker keeps its name, not its class. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'Cancelled';
}
