import { proxy, type Remote } from 'comlink';
import type { ModelFile } from '../../core/backbone.ts';
import { Cancelled, WorkerGone, type Result } from '../../core/problem.ts';
import type { ExportEngine, Watch } from '../contract.ts';
import type { ExportRemote } from '../remote.ts';
import { watchWorker, type WatchedWorker } from '../watched-worker.ts';

/** The writing side with what tests want of it. */
export interface ExportClient extends ExportEngine {
  /** Ends the workers at work behind its back, as the browser would. */
  killWorkers(): Promise<unknown>;
}

/**
 * The writing side as the page has it: nothing runs before something is asked of it.
 *
 * @param fetchPage the built page that becomes an export of one file.
 */
export function createExportEngine(
  fetchPage: () => Promise<string>,
  app = 'Headstart',
): ExportClient {
  const atWork = new Set<WatchedWorker<ExportRemote>>();
  return {
    write: (source, { format, precision }, pictures, watch) =>
      inWorker<Result<readonly ModelFile[]>>(watch?.signal, atWork, async (remote) =>
        format === 'page'
          ? remote.writePage(source, await fetchPage())
          : remote.write(source, { format, precision, app }, pictures, reporterOf(watch)),
      ),
    run: (files, request, watch) =>
      inWorker(watch?.signal, atWork, (remote) => remote.run(files, request, reporterOf(watch))),
    killWorkers: () => Promise.all(Array.from(atWork, (worker) => worker.kill())),
  };
}

function reporterOf(watch: Watch<number> | undefined) {
  return proxy((pictures: number) => watch?.onReport?.(pictures));
}

/** A worker of its own, which ends with the work: none of the runtimes gives its memory back. */
async function inWorker<T>(
  signal: AbortSignal | undefined,
  atWork: Set<WatchedWorker<ExportRemote>>,
  work: (remote: Remote<ExportRemote>) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw new Cancelled();
  const worker = watchWorker<ExportRemote>(
    (name) => new Worker(new URL('./export-worker.ts', import.meta.url), { name, type: 'module' }),
  );
  const end = (): void => {
    worker.end();
  };
  atWork.add(worker);
  signal?.addEventListener('abort', end);
  try {
    return await worker.call(work);
  } catch (error) {
    if (!(error instanceof WorkerGone) || error.problem.code !== 'engine-crashed') throw error;
    throw new WorkerGone({ ...error.problem, code: 'export-crashed' });
  } finally {
    end();
    signal?.removeEventListener('abort', end);
    atWork.delete(worker);
  }
}
