/** The engine as the page has it: the only file that knows of workers. */
import { proxy, transfer, wrap, type Remote } from 'comlink';
import { at } from '../core/at.ts';
import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { EmbeddingSpace } from '../core/embedding.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import { Cancelled, failed, ok, type Result } from '../core/problem.ts';
import type {
  Engine,
  EngineEvent,
  Frame,
  Inspection,
  RecalledRows,
  SpaceId,
  Trained,
  TrainingSet,
  TrainReport,
  Watch,
} from './contract.ts';
import type { HeadFit } from './head/fit-set.ts';
import type {
  BackbonePlace,
  PictureRemote,
  EngineMemory,
  EngineRemote,
  JobId,
  Reporter,
} from './remote.ts';
import { isSvg, renderSvg } from './client/svg.ts';

/** The engine with what tests and measurements want of it. */
export interface EngineClient extends Engine {
  /** How many picture workers it has. */
  readonly pictureWorkers: number;
  /** Tensors that exist in the worker. */
  memory(): Promise<EngineMemory>;
  /** Loses the GPU device through its own API, as a driver's reset would. */
  loseDevice(): Promise<void>;
  /** One fit by itself. */
  fit(
    set: TrainingSet,
    options: FitOptions,
    watch?: Watch<EpochReport> & { readonly stop?: AbortSignal },
  ): Promise<Result<HeadFit>>;
  /** Probabilities [rows, classes] of embeddings. */
  predict(
    head: Head,
    space: SpaceId,
    rows: Int32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>>;
  /** Puts embeddings in, row-major, as if they had been made there. */
  putRows(
    space: EmbeddingSpace,
    hashes: Uint8Array<ArrayBuffer>,
    values: Float32Array<ArrayBuffer>,
  ): Promise<RecalledRows>;
  /** Embeddings, row-major. */
  readRows(space: SpaceId, rows: Int32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;
}

/** How an engine is set up. */
export interface EngineOptions {
  /** Whether Headstart's kernel may embed where it is faster than TF.js. */
  readonly kernel: boolean;
  /** The name of the database that keeps embeddings; null where they live only as long as the page. */
  readonly shelf: string | null;
}

/** Starts the workers; the backend comes up with `start`. */
export function createEngine({
  kernel = false,
  shelf = null,
}: Partial<EngineOptions> = {}): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const engine = wrap<EngineRemote>(worker);
  const workers = Array.from({ length: countPictureWorkers(kernel) }, startPictureWorker);
  const pictureWorkers = workers.map((each) => wrap<PictureRemote>(each));
  const listeners = new Set<(event: EngineEvent) => void>();
  const connected = connect(engine, pictureWorkers, { kernel, shelf }, (event) => {
    for (const listener of listeners) listener(event);
  });
  const runJob = createJobRunner(engine);
  const stoppable = <T>(
    stop: AbortSignal | undefined,
    job: JobId,
    work: Promise<T>,
  ): Promise<T> => {
    whenAborted(stop, () => void engine.stop(job));
    return work;
  };
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
    recall: async (space, hashes) => {
      await connected;
      return engine.recall(space, hashes);
    },
    embed: (items, space, watch) =>
      runJob(watch, (job, report) => engine.embed(job, items, space, report)),
    keepEmbeddings: async (hashes) => {
      await connected;
      await engine.keepEmbeddings(hashes);
    },
    writeEmbeddings: (request) => asCancelled(engine.writeEmbeddings(request)),
    train: (request, watch) =>
      runJob<TrainReport, Result<Trained>>(watch, (job, report) =>
        stoppable<Result<Trained>>(watch?.stop, job, engine.train(job, request, report)),
      ),
    useHead: (head) => engine.useHead(head),
    classify: async (picture, crop) => {
      const drawn = await drawIfSvg(picture);
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
    fit: (set, options, watch) =>
      runJob<EpochReport, Result<HeadFit>>(watch, async (job, report) => {
        await connected;
        return stoppable<Result<HeadFit>>(watch?.stop, job, engine.fit(job, set, options, report));
      }),
    predict: (head, space, rows) => engine.predict(head, space, rows),
    putRows: (space, hashes, values) => engine.putRows(space, hashes, values),
    readRows: (space, rows) => engine.readRows(space, rows),
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
  { kernel, shelf }: EngineOptions,
  report: Reporter<EngineEvent>,
): Promise<void> {
  const ports = await Promise.all(
    workers.map(async (worker) => {
      const { port1, port2 } = new MessageChannel();
      await worker.connect(transfer(port1, [port1]));
      return port2;
    }),
  );
  await engine.connect(transfer(ports, ports), document.baseURI, kernel, shelf, proxy(report));
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

/** Gives `Cancelled` its class back. */
async function asCancelled<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isCancelled(error) ? new Cancelled() : error;
  }
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
  const drawn = await renderSvg(file);
  if (drawn === null) return failed({ code: 'file-damaged', file: file.name });
  return ok(await worker.inspectRendered(file, moved(drawn)));
}

/** Only a page can render an SVG; everything else is left to a picture worker. */
async function drawIfSvg(picture: Blob | Frame): Promise<Result<Blob | Frame>> {
  if (!(picture instanceof Blob) || !isSvg(picture)) return ok(picture);
  const drawn = await renderSvg(picture);
  const file = picture instanceof File ? picture.name : '';
  return drawn === null ? failed({ code: 'file-damaged', file }) : ok(drawn);
}

/** A frame changes hands instead of being copied. */
function moved<Picture extends Blob | Frame>(picture: Picture): Picture {
  return picture instanceof Blob ? picture : transfer(picture, [picture]);
}
