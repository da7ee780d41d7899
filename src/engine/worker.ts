/** The engine worker: everything that computes with tensors, and the embeddings. It joins them with what keeps them. */
import './hold-lock.ts';
import { expose, releaseProxy, transfer, type Remote } from 'comlink';
import type { Head } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import { Cancelled, ok, type Result } from '../core/problem.ts';
import { unpackHashes } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { EpochReport } from '../core/head.ts';
import { findModel } from './backbone/source.ts';
import { classifyPicture } from './classify.ts';
import type { EngineEvent, SpaceId } from './contract.ts';
import { deviceMemory } from './device/device.ts';
import { createPicturePool, type PicturePool } from './picture-pool.ts';
import type { EmbedTools } from './embed.ts';
import { createEmbeddingStore } from './embedding-store.ts';
import { createEmbeddings, type Embeddings } from './embeddings.ts';
import { fitExactly } from './head/exact/fit-exactly.ts';
import { fitSetOf, type FitSet, type HeadFit } from './head/fit-set.ts';
import { predictAll } from './head/predict.ts';
import { trainClassifier } from './head/train-classifier.ts';
import { trainHead } from './head/train-head.ts';
import { createJobs, type JobSignals } from './jobs.ts';
import { buffersOf, type EngineRemote, type Reporter, type SentVisit } from './remote.ts';
import { createRuntimes, type Runtimes } from './runtime/runtimes.ts';
import { createSession, type LoadedBackbone } from './session.ts';
import { createVisits, type VisitTarget } from './visits.ts';
import { openEmbeddingShelf } from '../storage/embedding-shelf.ts';

/** What the page has connected this worker with. */
interface Connection {
  readonly pool: PicturePool;
  readonly baseUrl: string;
  readonly report: Reporter<EngineEvent>;
  readonly embeddings: Embeddings;
}

let connection: Connection | null = null;
let runtimes: Runtimes | null = null;
let head: Head | null = null;
const jobs = createJobs();
const store = createEmbeddingStore();
const visitFile = createVisits();
const session = createSession((event) => connected().report(event), {
  onLoaded: (loaded) => runtimes?.consider(loaded),
  onGone: (loaded) => runtimes?.forget(loaded),
});

const remote: EngineRemote = {
  connect: (workers, baseUrl, simd, shelf, report) => {
    const pool = createPicturePool(workers);
    const embeddings = createEmbeddings(store, shelf === null ? null : openEmbeddingShelf(shelf));
    connection = { pool, baseUrl, report, embeddings };
    if (simd) runtimes = createRuntimes({ session, pool, baseUrl, report });
  },
  setPictureWorker: (index, port) => connected().pool.setWorker(index, port),
  start: (backend, runtime) => {
    runtimes?.ask(runtime);
    return session.start(backend);
  },
  loadBackbone: (job, request, place, report) =>
    jobs.run(job, ({ cancel }) =>
      releasing(report, async () => {
        const found = await findModel(request, connected().baseUrl, report, cancel);
        if (!found.ok) return found;
        const loaded = await session.setBackbone(found.value, place);
        letSpacesGo();
        return loaded;
      }),
    ),
  useBeside: async (wanted) => {
    await session.useBeside(() => {
      head = wanted;
    });
    letSpacesGo();
  },
  dropBeside: async () => {
    await session.dropBeside();
    letSpacesGo();
  },
  visit: (file, id, urgent) =>
    visitFile((aim) => connected().pool.visit(file, aim, urgent), targetOf(id)).then(movedVisit),
  visitRendered: async (file, picture, id) => {
    const visit = await visitFile(
      (aim) => connected().pool.visitRendered(file, picture, aim),
      targetOf(id),
    );
    if (visit === 'svg') throw new Error('a drawn picture is none to draw');
    return movedVisit(visit);
  },
  backboneFiles: () => Promise.resolve(session.backbone('in-use').found.parts.files),
  recall: (space, hashes) => connected().embeddings.recall(space, hashes),
  embed: (job, items, space, report) =>
    jobs.run(job, ({ cancel }) =>
      releasing(report, () => connected().embeddings.embed(items, space, toolsFor, report, cancel)),
    ),
  keepEmbeddings: (hashes) => connected().embeddings.keepOnly(hashes),
  writeEmbeddings: async (request) => {
    const files = await connected().embeddings.write(request);
    return transfer(
      files,
      files.map(({ bytes }) => bytes.buffer),
    );
  },
  train: (job, { set, test, options, startAtHeadInUse }, report) =>
    jobs.run(job, (signals) =>
      releasing(report, () => {
        const space = connected().embeddings.held(set.space);
        const solvers = {
          fit: (fitSet: FitSet, fitOptions: FitOptions, onEpoch: Reporter<EpochReport>) =>
            fit(fitSet, fitOptions, onEpoch, signals),
          predict,
        };
        const judged = {
          classes: test.classes,
          at: (index: number) => space.at(test.rows[index] ?? -1),
        };
        const start = startAtHeadInUse ? head : null;
        return trainClassifier(solvers, fitSetOf(set, space), judged, options, start, report);
      }),
    ),
  fit: (job, set, options, report) =>
    jobs.run(job, (signals) =>
      releasing(report, () => {
        const space = connected().embeddings.held(set.space);
        return fit(fitSetOf(set, space), options, report, signals);
      }),
    ),
  predict: (wanted, id, rows) => {
    const space = connected().embeddings.held(id);
    return predict(wanted, rows.length, (index) => space.at(rows[index] ?? -1));
  },
  putRows: (space, hashes, values) => {
    const opened = store.open(space);
    const all = unpackHashes(hashes);
    const length = values.length / all.length;
    const rows = Int32Array.from(all, (hash, index) =>
      opened.add({ hash, values: values.subarray(index * length, (index + 1) * length) }),
    );
    return { id: opened.id, rows };
  },
  readRows: (id, rows) => {
    const space = connected().embeddings.held(id);
    const values = new Float32Array(rows.length * space.embeddingLength);
    rows.forEach((row, index) => {
      values.set(space.at(row), index * space.embeddingLength);
    });
    return transfer(values, [values.buffer]);
  },
  useHead: (wanted) => {
    head = wanted;
  },
  classify: (picture, crop) => {
    if (head === null) throw new Error('useHead() comes first');
    return classifyPicture(picture, crop, head, embedTools(session.backbone('in-use')));
  },
  cancel: (job) => {
    jobs.cancel(job);
  },
  stop: (job) => {
    jobs.stop(job);
  },
  memory: deviceMemory,
  loseDevice: () => {
    session.device().lose();
  },
};

function connected(): Connection {
  if (connection === null) throw new Error('connect() comes first');
  return connection;
}

/** Embeddings of a backbone that is gone can be had again from the shelf. */
function letSpacesGo(): void {
  store.keepBackbones(new Set(session.backbones().map(({ found }) => found.identity.sha256)));
}

/** By the solver that the options name. */
function fit(
  set: FitSet,
  options: FitOptions,
  report: Reporter<EpochReport>,
  signals: JobSignals,
): Promise<Result<HeadFit>> {
  return options.solver === 'exact'
    ? fitExactly(set, options, report, signals).then(ok)
    : session.onDevice((device) => trainHead(set, options, device, report, signals));
}

function predict(wanted: Head, count: number, at: FitSet['at']) {
  return session.onDevice((device) => predictAll(wanted, count, at, device));
}

/** Null where no such space is held, or its backbone isn't loaded: then there is no embedding to be had. */
function targetOf(id: SpaceId | null): VisitTarget | null {
  const space = id === null ? null : store.held(id);
  const loaded = space === null ? undefined : loadedAs(space.space.backboneSha256);
  if (space === null || loaded === undefined) return null;
  const { embeddings } = connected();
  const keep = (hash: Sha256, values: Float32Array) => embeddings.keep(space, { hash, values });
  return { space, tools: embedTools(loaded), keep };
}

/** The bytes that were read and made change hands instead of being copied. */
function movedVisit<Outcome extends Result<SentVisit> | 'svg'>(visit: Outcome): Outcome {
  if (visit === 'svg' || !visit.ok) return visit;
  return transfer(visit, buffersOf(visit.value.inspection));
}

/** @throws {Cancelled} where no such backbone is loaded. */
function toolsFor(backboneSha256: string): EmbedTools {
  const wanted = loadedAs(backboneSha256);
  if (wanted === undefined) throw new Cancelled();
  return embedTools(wanted);
}

function loadedAs(backboneSha256: string): LoadedBackbone | undefined {
  return session.backbones().find(({ found }) => found.identity.sha256 === backboneSha256);
}

function embedTools(wanted: LoadedBackbone): EmbedTools {
  return {
    pool: connected().pool,
    backend: session.device().backend,
    inputSidePx: wanted.backbone.info.inputSidePx,
    onBackbone: (work) =>
      session.onBackbone(wanted, (backbone) =>
        work(backbone, runtimes?.fasterThan(backbone) ?? null),
      ),
  };
}

/** A callback from the page holds a channel open until it is released. */
async function releasing<T, Report>(report: Reporter<Report>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    (report as Remote<Reporter<Report>>)[releaseProxy]();
  }
}

expose(remote);
