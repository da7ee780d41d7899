import { proxy, wrap } from 'comlink';
import type { ModelFile } from '../../core/backbone.ts';
import { Cancelled, type Result } from '../../core/problem.ts';
import type { ExportEngine, Watch } from '../contract.ts';
import type { ExportRemote } from '../remote.ts';

/**
 * The writing side as the page has it: nothing runs before something is asked of it.
 *
 * @param fetchPage the built page that becomes an export of one file.
 */
export function createExportEngine(
  fetchPage: () => Promise<string>,
  app = 'Headstart',
): ExportEngine {
  return {
    write: (source, { format, precision }, pictures, watch) =>
      inWorker<Result<readonly ModelFile[]>>(watch?.signal, async (remote) =>
        format === 'page'
          ? remote.writePage(source, await fetchPage())
          : remote.write(source, { format, precision, app }, pictures, reporterOf(watch)),
      ),
    run: (files, request, watch) =>
      inWorker(watch?.signal, (remote) => remote.run(files, request, reporterOf(watch))),
  };
}

function reporterOf(watch: Watch<number> | undefined) {
  return proxy((pictures: number) => watch?.onReport?.(pictures));
}

/** A worker of its own, which ends with the work: none of the runtimes gives its memory back. */
async function inWorker<T>(
  signal: AbortSignal | undefined,
  work: (remote: ReturnType<typeof wrap<ExportRemote>>) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw new Cancelled();
  const worker = new Worker(new URL('./export-worker.ts', import.meta.url), { type: 'module' });
  const ended = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new Cancelled());
    });
    worker.addEventListener('error', (event) => {
      reject(new Error(event.message));
    });
  });
  try {
    return await Promise.race([work(wrap<ExportRemote>(worker)), ended]);
  } finally {
    worker.terminate();
  }
}
