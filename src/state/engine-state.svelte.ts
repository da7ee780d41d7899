import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { InputRange } from '../core/preprocess.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { BackboneRequest, Engine, EngineEvent } from '../engine/contract.ts';
import type { Store } from '../storage/contract.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import { keepOwn, requestFor } from './own-backbones.ts';
import type { SaveQueue } from './save-queue.ts';
import type { Settings } from './settings.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

export interface EngineStateParts {
  readonly engine: Engine;
  readonly store: Pick<Store, 'saveBackbone' | 'readBackbone'>;
  readonly queue: SaveQueue;
  readonly notices: Notices;
  readonly settings: Settings;
  /** Of the page's address, `?backend=`: wins over the settings. */
  readonly addressBackend: string | null;
  readonly ownModelIds: () => Promise<ReadonlySet<string> | null>;
  /** A backbone was loaded. */
  readonly onBackbone: (backbone: BackboneInfo) => void;
}

/** What computes: the backend that runs and the backbone that is loaded. */
export class EngineState {
  #status = $state.raw<BackendStatus | null>(null);
  #starting = $state(false);
  #backbone = $state.raw<BackboneInfo | null>(null);
  #download = $state.raw<DownloadProgress | null>(null);
  #loadingId = $state<string | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #askedBackend = $state<BackendName | null>(null);
  #pendingFiles = $state.raw<readonly File[] | null>(null);
  #availableIds = $state.raw<ReadonlySet<string> | null>(null);
  readonly #parts: EngineStateParts;
  #opening: Promise<void> | null = null;
  #lastRequest: BackboneRequest | null = null;
  #loading: {
    readonly abort: AbortController;
    readonly outcome: Promise<Result<BackboneInfo> | null>;
  } | null = null;

  constructor(parts: EngineStateParts) {
    this.#parts = parts;
    const asked = parts.addressBackend ?? parts.settings.get('backend');
    this.#askedBackend = BACKENDS.find((name) => name === asked) ?? null;
    parts.engine.onEvent((event) => {
      this.#hear(event);
    });
  }

  get status(): BackendStatus | null {
    return this.#status;
  }
  get starting(): boolean {
    return this.#starting;
  }
  get backbone(): BackboneInfo | null {
    return this.#backbone;
  }
  get download(): DownloadProgress | null {
    return this.#download;
  }
  /** The id of the backbone that is on its way. */
  get loadingId(): string | null {
    return this.#loadingId;
  }
  /** Why nothing can be computed. */
  get problem(): Problem | null {
    return this.#problem;
  }
  /** What the person asked for; null: the app chooses. */
  get askedBackend(): BackendName | null {
    return this.#askedBackend;
  }
  /** A model whose input range can't be known: ask, then {@link useModelFiles} again with it. */
  get pendingFiles(): readonly File[] | null {
    return this.#pendingFiles;
  }
  /** Ids of the backbones that lie on this site; null where it doesn't say. */
  get availableIds(): ReadonlySet<string> | null {
    return this.#availableIds;
  }

  /** Brings the engine up and loads the project's backbone. */
  start(backboneId: string): Promise<void> {
    void this.#parts.ownModelIds().then((ids) => (this.#availableIds = ids));
    this.#opening = this.#open(backboneId);
    return this.#opening;
  }

  async #open(backboneId: string): Promise<void> {
    this.#lastRequest = await requestFor(backboneId, this.#parts.store);
    if (await this.#startBackend()) await this.#load(this.#lastRequest);
  }

  /** The loaded backbone, after the one that is on its way, if any. */
  async settled(): Promise<BackboneInfo | null> {
    await this.#opening;
    while (this.#loading) await this.#loading.outcome;
    return this.#backbone;
  }

  async chooseBackend(name: BackendName | null): Promise<void> {
    this.#askedBackend = name;
    this.#parts.settings.set('backend', name);
    await this.#startBackend();
  }

  async chooseBackbone(id: string): Promise<void> {
    await this.#load(await requestFor(id, this.#parts.store));
  }

  /** Tries again what failed: the engine's start, else the last backbone that was asked for. */
  async retry(): Promise<void> {
    if (!this.#status && !(await this.#startBackend())) return;
    if (this.#lastRequest) await this.#load(this.#lastRequest);
  }

  cancelDownload(): void {
    this.#loading?.abort.abort();
  }

  /** @returns what was loaded; null where it failed, which is said through {@link problem}, a notice, or {@link pendingFiles}. */
  async useModelFiles(
    files: readonly File[],
    range: InputRange | null,
  ): Promise<BackboneInfo | null> {
    const outcome = await this.#load({ kind: 'files', files, inputRange: range });
    if (!outcome?.ok) return null;
    const { store, queue, notices } = this.#parts;
    const kept = await queue.run(() => keepOwn(outcome.value, files, store));
    if (!kept.ok) notices.addProblem(kept.problem);
    return outcome.value;
  }

  cancelPending(): void {
    this.#pendingFiles = null;
  }

  async #startBackend(): Promise<boolean> {
    this.#starting = true;
    this.#problem = null;
    try {
      const outcome = await this.#parts.engine.start({ backend: this.#askedBackend });
      if (outcome.ok) this.#status = outcome.value;
      else this.#problem = outcome.problem;
      return outcome.ok;
    } catch (error) {
      this.#problem = engineProblem(error);
      return false;
    } finally {
      this.#starting = false;
    }
  }

  /** A later request ends the one that is on its way. Null where it was cancelled. */
  async #load(request: BackboneRequest): Promise<Result<BackboneInfo> | null> {
    this.#loading?.abort.abort();
    const abort = new AbortController();
    const outcome = this.#fetch(request, abort.signal);
    const loading = { abort, outcome };
    this.#loading = loading;
    this.#lastRequest = request;
    this.#loadingId = request.kind === 'catalogue' ? request.id : (request.files[0]?.name ?? '');
    this.#download = null;
    this.#problem = null;
    this.#pendingFiles = null;
    const loaded = await outcome;
    if (this.#loading !== loading) return null;
    this.#loading = null;
    this.#loadingId = null;
    this.#download = null;
    if (loaded) this.#show(loaded, request);
    return loaded;
  }

  async #fetch(
    request: BackboneRequest,
    signal: AbortSignal,
  ): Promise<Result<BackboneInfo> | null> {
    const onReport = (progress: DownloadProgress): void => {
      if (!signal.aborted) this.#download = progress;
    };
    try {
      return await this.#parts.engine.loadBackbone(request, { onReport, signal });
    } catch (error) {
      return isCancelled(error, signal) ? null : { ok: false, problem: engineProblem(error) };
    }
  }

  #show(loaded: Result<BackboneInfo>, request: BackboneRequest): void {
    if (loaded.ok) {
      this.#backbone = loaded.value;
      this.#parts.onBackbone(loaded.value);
    } else if (loaded.problem.code === 'model-range-unknown' && request.kind === 'files') {
      this.#pendingFiles = request.files;
    } else if (this.#backbone === null) this.#problem = loaded.problem;
    // The one before goes on.
    else this.#parts.notices.addProblem(loaded.problem);
  }

  #hear(event: EngineEvent): void {
    this.#status = event.status;
    if (event.problem) this.#parts.notices.addProblem(event.problem, 'warning');
  }
}
