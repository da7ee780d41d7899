/** What the engine worker has been given, so that another can be given the same. */
import { proxy } from 'comlink';
import type { BackboneInfo } from '../../core/backbone.ts';
import type { BackendName, BackendStatus } from '../../core/backend.ts';
import type { Head } from '../../core/head.ts';
import { WorkerGone } from '../../core/problem.ts';
import type { BackboneRequest, Engine, EngineEvent } from '../contract.ts';
import type { BackbonePlace } from '../remote.ts';
import type { EngineWorker } from './workers.ts';

type StartRequest = Parameters<Engine['start']>[0];

export interface RecalledState {
  started(request: StartRequest, status: BackendStatus): void;
  loaded(request: BackboneRequest, info: BackboneInfo, place: BackbonePlace): void;
  usedBeside(head: Head | null): void;
  droppedBeside(): void;
  usesHead(head: Head | null): void;
  hear(event: EngineEvent): void;
  /** @throws {WorkerGone} with the problem, where a new worker can't have the same. */
  readonly restore: (engine: EngineWorker) => Promise<void>;
}

interface Loaded {
  readonly request: BackboneRequest;
  readonly sha256: string;
}

/** @param report told of another backend than the one that ran before. */
export function recallState(report: (event: EngineEvent) => void): RecalledState {
  let start: StartRequest | null = null;
  let backend: BackendName | null = null;
  const backbones = new Map<BackbonePlace, Loaded>();
  let head: Head | null = null;

  const startAgain = async (engine: EngineWorker, { backend: asked, runtime }: StartRequest) => {
    const status = await engine.call(async (remote) => remote.start(asked, runtime ?? null));
    if (!status.ok) throw new WorkerGone(status.problem);
    if (status.value.backend !== backend)
      report({ kind: 'backend', status: status.value, problem: null });
  };

  const loadAgain = async (engine: EngineWorker, place: BackbonePlace) => {
    const loaded = backbones.get(place);
    if (loaded === undefined) return;
    const again = await engine.call(async (remote) =>
      remote.loadBackbone(
        0,
        loaded.request,
        place,
        proxy(() => undefined),
      ),
    );
    if (!again.ok) throw new WorkerGone(again.problem);
    if (again.value.sha256 === loaded.sha256) return;
    throw new WorkerGone({ code: 'unexpected', reason: 'another backbone came under its name' });
  };

  return {
    started: (request, status) => {
      start = request;
      ({ backend } = status);
    },
    loaded: (request, { sha256 }, place) => {
      // It need no longer be where it was kept.
      const wanted = request.kind === 'files' ? request : { ...request, keptOnly: false };
      backbones.delete('beside');
      backbones.set(place, { request: wanted, sha256 });
    },
    usedBeside: (fitted) => {
      const beside = backbones.get('beside');
      backbones.delete('beside');
      if (beside !== undefined) backbones.set('in-use', beside);
      head = fitted;
    },
    droppedBeside: () => {
      backbones.delete('beside');
    },
    usesHead: (wanted) => {
      head = wanted;
    },
    hear: (event) => {
      if (event.kind === 'backend') ({ backend } = event.status);
      // A device that was lost is not asked for again.
      if (event.kind === 'backend' && event.problem !== null) start = { ...start, backend };
      if (event.kind !== 'stopped') return;
      start = null;
      backbones.clear();
    },
    restore: async (engine) => {
      if (start !== null) await startAgain(engine, start);
      await loadAgain(engine, 'in-use');
      await loadAgain(engine, 'beside');
      await engine.call(async (remote) => remote.useHead(head));
    },
  };
}
