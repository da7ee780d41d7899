/** The engine worker: everything that computes with tensors. */
import './hold-lock.ts';
import * as tf from '@tensorflow/tfjs-core';
import { expose, releaseProxy, transfer, type Remote } from 'comlink';
import type { Head } from '../core/head.ts';
import { ok } from '../core/problem.ts';
import { findModel } from './backbone/source.ts';
import { classifyPicture } from './classify.ts';
import type { EngineEvent } from './contract.ts';
import { createPicturePool, type PicturePool } from './picture-pool.ts';
import { embedAll, type EmbedTools } from './embed.ts';
import { fitExactly } from './head/exact/fit-exactly.ts';
import { predictAll } from './head/predict.ts';
import { trainHead } from './head/train-head.ts';
import { createJobs } from './jobs.ts';
import type { BackbonePlace, EngineRemote, Reporter } from './remote.ts';
import { createRuntimes, type Runtimes } from './runtime/runtimes.ts';
import { createSession } from './session.ts';

/** What the page has connected this worker with. */
interface Connection {
  readonly pool: PicturePool;
  readonly baseUrl: string;
  readonly report: Reporter<EngineEvent>;
}

let connection: Connection | null = null;
let runtimes: Runtimes | null = null;
let head: Head | null = null;
const jobs = createJobs();
const session = createSession((event) => connected().report(event), {
  onLoaded: (loaded) => runtimes?.consider(loaded),
  onGone: (loaded) => runtimes?.forget(loaded),
});

const remote: EngineRemote = {
  connect: (workers, baseUrl, kernel, report) => {
    const pool = createPicturePool(workers);
    connection = { pool, baseUrl, report };
    if (kernel) runtimes = createRuntimes({ session, pool, baseUrl, report });
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
        return found.ok ? session.setBackbone(found.value, place) : found;
      }),
    ),
  useBeside: (wanted) =>
    session.useBeside(() => {
      head = wanted;
    }),
  dropBeside: () => session.dropBeside(),
  backboneFiles: () => Promise.resolve(session.backbone('in-use').found.parts.files),
  embed: (job, items, crop, place, report) =>
    jobs.run(job, ({ cancel }) =>
      releasing(report, () => embedAll(items, crop, embedTools(place), report, cancel)),
    ),
  trainHead: (job, set, options, report) =>
    jobs.run(job, (signals) =>
      releasing(report, () =>
        options.solver === 'exact'
          ? fitExactly(set, options, report, signals).then(ok)
          : session.onDevice((device) => trainHead(set, options, device, report, signals)),
      ),
    ),
  predict: async (wanted, embeddings) => {
    const found = await session.onDevice((device) => predictAll(wanted, embeddings, device));
    return transfer(found, [found.buffer]);
  },
  useHead: (wanted) => {
    head = wanted;
  },
  classify: (picture, crop) => {
    if (head === null) throw new Error('useHead() comes first');
    return classifyPicture(picture, crop, head, embedTools('in-use'));
  },
  cancel: (job) => {
    jobs.cancel(job);
  },
  stop: (job) => {
    jobs.stop(job);
  },
  memory: () => {
    const { numTensors, numBytes } = tf.memory();
    return { numTensors, numBytes };
  },
  loseDevice: () => {
    session.device().lose();
  },
};

function connected(): Connection {
  if (connection === null) throw new Error('connect() comes first');
  return connection;
}

function embedTools(place: BackbonePlace): EmbedTools {
  const wanted = session.backbone(place);
  return {
    pool: connected().pool,
    backend: session.device().backend,
    inputSidePx: wanted.network.shape.inputSidePx,
    onBackbone: (work) =>
      session.onBackbone(wanted, (device, network) =>
        work({ device, network, faster: runtimes?.fasterThan(network) ?? null }),
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
