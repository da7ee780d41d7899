/** The engine as the page has it: the only file that knows of workers. */
import { proxy, transfer, wrap, type Remote } from 'comlink';
import { at } from '../core/at.ts';
import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { EpochReport } from '../core/head.ts';
import { Cancelled, ok, type Result } from '../core/problem.ts';
import type { Engine, EngineEvent, Frame, HeadFit, Inspection, Watch } from './contract.ts';
import type {
  BackbonePlace,
  PictureRemote,
  EngineMemory,
  EngineRemote,
  JobId,
  Reporter,
} from './remote.ts';
import { isSvg, renderSvg } from './client/svg.ts';

/** The engine with what tests want of it. */
export interface EngineClient extends Engine {
  /** How many picture workers it has. */
  readonly pictureWorkers: number;
  /** Tensors that exist in the worker. */
  memory(): Promise<EngineMemory>;
  /** Loses the GPU device through its own API, as a driver's reset would. */
  loseDevice(): Promise<void>;
}

/**
 * Starts the workers; the backend comes up with `start`.
 *
 * @param kernel whether Headstart's kernel may embed where it is faster than TF.js.
 */
export function createEngine({ kernel } = { kernel: false }): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const engine = wrap<EngineRemote>(worker);
  const workers = Array.from({ length: countPictureWorkers(kernel) }, startPictureWorker);
  const pictureWorkers = workers.map((each) => wrap<PictureRemote>(each));
  const listeners = new Set<(event: EngineEvent) => void>();
  const connected = connect(engine, pictureWorkers, kernel, (event) => {
    for (const listener of listeners) listener(event);
  });
  const runJob = createJobRunner(engine);
  let turn = 0;
  const nextWorker = () => at(pictureWorkers, turn++ % pictureWorkers.length);

  return {
    start: async ({ backend, runtime = null }) => {
      await connected;
      return engine.start(backend, runtime);
    },
    loadBackbone: (request, watch) =>
      runJob<DownloadProgress, Result<BackboneInfo>>(watch, (job, report) =>
        engine.loadBackbone(job, request, placeOf(watch), report),
      ),
    useBeside: (head) => engine.useBeside(head),
    dropBeside: () => engine.dropBeside(),
    backboneFiles: () => engine.backboneFiles(),
    inspect: (file) => inspect(nextWorker(), file),
    embed: (items, crop, watch) =>
      runJob(watch, (job, report) => engine.embed(job, items, crop, placeOf(watch), report)),
    trainHead: (set, options, watch) =>
      runJob<EpochReport, Result<HeadFit>>(watch, (job, report) => {
        const fit = engine.trainHead(job, set, options, report);
        whenAborted(watch?.stop, () => void engine.stop(job));
        return fit;
      }),
    predict: (head, embeddings) => engine.predict(head, embeddings),
    useHead: (head) => engine.useHead(head),
    classify: async (picture, crop) => {
      const drawn = await drawIfSvg(nextWorker(), picture);
      return drawn.ok ? engine.classify(moved(drawn.value), crop) : drawn;
    },
    encodeFrame: (frame) => nextWorker().encodeFrame(moved(frame)),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      for (const each of [worker, ...workers]) each.terminate();
    },
    pictureWorkers: pictureWorkers.length,
    memory: () => engine.memory(),
    loseDevice: () => engine.loseDevice(),
  };
}

function placeOf(asked: { readonly beside?: boolean } | undefined): BackbonePlace {
  return asked?.beside === true ? 'beside' : 'in-use';
}

/**
 * Where they may embed too, one for each core: beyond six, their memory (each holds the backbone's
 * weights) counts for more. Else half the cores decode and the others compute; beyond four, decoding
 * is nowhere what takes longest.
 */
function countPictureWorkers(mayEmbed: boolean): number {
  const cores = navigator.hardwareConcurrency;
  return mayEmbed ? Math.min(6, cores) : Math.min(4, Math.max(1, Math.floor(cores / 2)));
}

function startPictureWorker(): Worker {
  return new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
}

/** A channel from the engine worker to each picture worker, past the page. */
async function connect(
  engine: Remote<EngineRemote>,
  workers: readonly Remote<PictureRemote>[],
  kernel: boolean,
  report: Reporter<EngineEvent>,
): Promise<void> {
  const ports = await Promise.all(
    workers.map(async (worker) => {
      const { port1, port2 } = new MessageChannel();
      await worker.connect(transfer(port1, [port1]));
      return port2;
    }),
  );
  await engine.connect(transfer(ports, ports), document.baseURI, kernel, proxy(report));
}

type JobRunner = <Report, T>(
  watch: Watch<Report> | undefined,
  start: (job: JobId, report: Reporter<Report>) => Promise<T>,
) => Promise<T>;

/** Gives long work its number, its reports their way back, and its signal a message. */
function createJobRunner(engine: Remote<EngineRemote>): JobRunner {
  let last: JobId = 0;
  return async (watch, start) => {
    const { signal, onReport } = watch ?? {};
    if (isAborted(signal)) throw new Cancelled();
    const job = ++last;
    const forget = whenAborted(signal, () => void engine.cancel(job));
    try {
      // Once aborted, reports that are already on their way are dropped.
      return await start(
        job,
        proxy((report) => {
          if (!isAborted(signal)) onReport?.(report);
        }),
      );
    } catch (error) {
      throw isAborted(signal) || isCancelled(error) ? new Cancelled() : error;
    } finally {
      forget();
    }
  };
}

/** Calls back at once or once. @returns the way to stop listening. */
function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (isAborted(signal)) act();
  signal?.addEventListener('abort', act, { once: true });
  return () => signal?.removeEventListener('abort', act);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** An error that comes from a worker keeps its name, not its class. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'Cancelled';
}

async function inspect(worker: Remote<PictureRemote>, file: File): Promise<Result<Inspection>> {
  const inspected = await worker.inspect(file);
  if (inspected !== 'svg') return inspected;
  const drawn = await renderSvg(file, file.name);
  return drawn.ok ? ok(await worker.inspectRendered(file, moved(drawn.value))) : drawn;
}

/** Only a page can render an SVG; everything else is left to a picture worker. */
async function drawIfSvg(
  worker: Remote<PictureRemote>,
  picture: Blob | Frame,
): Promise<Result<Blob | Frame>> {
  if (!(picture instanceof Blob) || !isSvg(picture)) return ok(picture);
  const file = picture instanceof File ? picture : new File([picture], '');
  const inspected = await worker.inspect(file);
  if (inspected === 'svg') return renderSvg(file, file.name);
  // Called so, and something else.
  return inspected.ok ? ok(picture) : inspected;
}

/** A frame changes hands instead of being copied. */
function moved<Picture extends Blob | Frame>(picture: Picture): Picture {
  return picture instanceof Blob ? picture : transfer(picture, [picture]);
}
