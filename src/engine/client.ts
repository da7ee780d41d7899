/** The engine as the page has it. */
import { transfer, type Remote } from 'comlink';
import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { EmbeddingSpace } from '../core/embedding.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import { failed, ok, WorkerGone, type Result } from '../core/problem.ts';
import { asCancelled, createCalls, noDeaths, whenAborted, type Toll } from './client/calls.ts';
import { recallState } from './client/recall.ts';
import { received, toSend } from './client/send.ts';
import { isSvg, renderSvg } from './client/svg.ts';
import { startWorkers, type PictureWorker } from './client/workers.ts';
import type {
  Engine,
  EngineEvent,
  Frame,
  RecalledRows,
  SpaceId,
  Trained,
  TrainingSet,
  TrainReport,
  Watch,
} from './contract.ts';
import type { HeadFit } from './head/fit-set.ts';
import type { BackbonePlace, EngineMemory, EngineRemote } from './remote.ts';

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
  /** Ends a worker behind the engine's back, as the browser would: the one that computes, or a picture worker. */
  killWorker(worker: 'engine' | number): Promise<void>;
}

/** How an engine is set up. */
export interface EngineOptions {
  /** Whether the SIMD runtime may embed where it is faster than TF.js. */
  readonly simd: boolean;
  /** The name of the database that keeps embeddings; null where they live only as long as the page. */
  readonly shelf: string | null;
}

/** Starts the workers; the backend comes up with `start`. */
export function createEngine({
  simd = false,
  shelf = null,
}: Partial<EngineOptions> = {}): EngineClient {
  const listeners = new Set<(event: EngineEvent) => void>();
  const report = (event: EngineEvent): void => {
    state.hear(event);
    for (const listener of listeners) listener(event);
  };
  const state = recallState(report);
  const workers = startWorkers({ simd, shelf, report, restore: state.restore });

  const { run, runJob } = createCalls(workers);
  // Who asks again because the engine began anew asks for the same: its deaths are counted on.
  const embedding = noDeaths();
  const training: Toll = { ...noDeaths(), reportsCount: false };

  /** What changes hands is gone with the worker that had it: it can't be asked twice. */
  const handOver = async <T>(
    frame: Frame,
    work: (engine: Remote<EngineRemote>) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    try {
      const engine = await workers.engine();
      const result = await engine.call(work);
      workers.prove();
      return result;
    } catch (error) {
      if (!(error instanceof WorkerGone)) throw error;
      frame.close();
      return failed(error.problem);
    }
  };

  return {
    start: async (request) => {
      workers.revive();
      const status = await run(async (engine) =>
        engine.start(request.backend, request.runtime ?? null),
      );
      if (status.ok) state.started(request, status.value);
      return status;
    },
    loadBackbone: async (request, watch) => {
      const place = placeOf(watch);
      const loaded = await runJob<DownloadProgress, Result<BackboneInfo>>(
        watch,
        async (engine, job, report) => engine.loadBackbone(job, request, place, report),
      );
      if (loaded.ok) state.loaded(request, loaded.value, place);
      return loaded;
    },
    useBeside: async (head) => {
      await run(async (engine) => engine.useBeside(head));
      state.usedBeside(head);
    },
    dropBeside: async () => {
      await run(async (engine) => engine.dropBeside());
      state.droppedBeside();
    },
    backboneFiles: () => run(async (engine) => engine.backboneFiles()),
    visit: async (file, space, urgent = false) => {
      const sent = await toSend(file);
      if (!sent.ok) return sent;
      const visit = await run(async (engine) => engine.visit(sent.value, space, urgent));
      if (visit === 'svg') {
        const drawn = await run((engine) => visitSvg(engine, file, space));
        return drawn.ok ? received(drawn.value, file) : drawn;
      }
      workers.prove();
      return visit.ok ? received(visit.value, sent.value) : visit;
    },
    recall: (space, hashes) => run(async (engine) => engine.recall(space, hashes)),
    // Another engine worker knows no rows: `Cancelled`, and whoever wants them asks again.
    embed: (items, space, watch) =>
      runJob(watch, (engine, job, report) => engine.embed(job, items, space, report), embedding),
    keepEmbeddings: (hashes) => run(async (engine) => engine.keepEmbeddings(hashes)),
    writeEmbeddings: (request) =>
      asCancelled(run(async (engine) => engine.writeEmbeddings(request))),
    train: (request, watch) =>
      runJob<TrainReport, Result<Trained>>(
        watch,
        (engine, job, report, attempt) => {
          const trained = engine.train(job, request, report);
          whenAborted(watch?.stop, () => void engine.stop(job), attempt);
          return trained;
        },
        training,
      ),
    useHead: (head) => {
      state.usesHead(head);
      return run(async (engine) => engine.useHead(head));
    },
    classify: async (picture, crop) => {
      const drawn = await drawIfSvg(picture, workers.picture());
      if (!drawn.ok) return drawn;
      const { value } = drawn;
      if (!(value instanceof Blob))
        return handOver(value, async (remote) => remote.classify(moved(value), crop));
      const answer = await run(async (engine) => engine.classify(value, crop));
      workers.prove();
      return answer;
    },
    encodeFrame: (frame) =>
      workers.picture().call(async (remote) => remote.encodeFrame(moved(frame))),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      workers.end();
    },
    pictureWorkers: workers.pictureCount,
    memory: () => run(async (engine) => engine.memory()),
    fit: (set, options, watch) =>
      runJob<EpochReport, Result<HeadFit>>(
        watch,
        (engine, job, report, attempt) => {
          const fit = engine.fit(job, set, options, report);
          whenAborted(watch?.stop, () => void engine.stop(job), attempt);
          return fit;
        },
        training,
      ),
    predict: (head, space, rows) => run(async (engine) => engine.predict(head, space, rows)),
    putRows: (space, hashes, values) =>
      run(async (engine) => engine.putRows(space, hashes, values)),
    readRows: (space, rows) => run(async (engine) => engine.readRows(space, rows)),
    loseDevice: () => run(async (engine) => engine.loseDevice()),
    killWorker: workers.kill,
  };
}

/** The picture goes with the worker that it is handed to: for another it is drawn again. */
async function visitSvg(engine: Remote<EngineRemote>, file: File, space: SpaceId | null) {
  const drawn = await renderSvg(file, file.name);
  return drawn.ok ? engine.visitRendered(file, moved(drawn.value), space) : drawn;
}

function placeOf(asked: { readonly beside?: boolean } | undefined): BackbonePlace {
  return asked?.beside === true ? 'beside' : 'in-use';
}

/** Only a page can render an SVG; everything else is left to a picture worker. */
async function drawIfSvg(
  picture: Blob | Frame,
  worker: PictureWorker,
): Promise<Result<Blob | Frame>> {
  if (!(picture instanceof Blob) || !isSvg(picture)) return ok(picture);
  const file = picture instanceof File ? picture : new File([picture], '');
  const looked = await worker.call(async (remote) => remote.visit(file, null));
  if (looked === 'svg') return renderSvg(file, file.name);
  // Called so, and something else.
  return looked.ok ? ok(picture) : looked;
}

/** A frame changes hands instead of being copied. */
function moved<Picture extends Blob | Frame>(picture: Picture): Picture {
  return picture instanceof Blob ? picture : transfer(picture, [picture]);
}
