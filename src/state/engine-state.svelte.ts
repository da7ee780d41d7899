import { BUILT_IN } from '../core/backbone-catalogue.ts';
import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { Head } from '../core/head.ts';
import type { InputRange } from '../core/preprocess.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { RuntimeStatus } from '../core/runtime.ts';
import type { BackboneRequest, Engine } from '../engine/contract.ts';
import type { ProjectStore } from '../storage/contract.ts';
import { BackboneLoad } from './backbone-load.svelte.ts';
import { BackendState, type BackendParts } from './backend-state.svelte.ts';
import { Fallback } from './fallback.svelte.ts';
import type { Notices } from './notices.svelte.ts';

/** What a backbone is loaded for. Of one that is only `kept` no word is said if it isn't there. */
type Role = 'in-use' | 'kept' | 'fallback' | 'beside';

export interface EngineStateParts extends BackendParts {
  readonly engine: Engine;
  readonly store: Pick<ProjectStore, 'saveBackbone' | 'readBackbone'>;
  readonly notices: Notices;
  readonly ownModelIds: () => Promise<ReadonlySet<string> | null>;
  /** Whether the built-in backbone is used until the one that was asked for is there. */
  readonly mayFallBack: boolean;
  /** Another backbone is in use. */
  readonly onBackbone: (backbone: BackboneInfo) => void;
  /** A backbone is there, is failing, has gone, or is no longer waited for. */
  readonly onChange: () => void;
}

/** What to start with. */
export interface Start {
  readonly backboneId: string;
  /** There is work done with the built-in backbone: begin with it, even if the other is at hand. */
  readonly fallbackFirst: boolean;
}

/** What computes: the backend that runs and the backbone that is loaded. */
export class EngineState {
  #backbone = $state.raw<BackboneInfo | null>(null);
  #loading = $state.raw<BackboneLoad | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #pendingFiles = $state.raw<readonly File[] | null>(null);
  #availableIds = $state.raw<ReadonlySet<string> | null>(null);
  #fallback = $state.raw<Fallback | null>(null);
  readonly #parts: EngineStateParts;
  /** What runs, and what the person asked for. */
  readonly backend: BackendState;
  #opening: Promise<void> | null = null;
  #begun: () => void = () => undefined;
  /** What is at hand is loaded, or it failed: what the person chooses comes after it. */
  readonly #hasBegun = new Promise<void>((resolve) => (this.#begun = resolve));
  #lastRequest: BackboneRequest | null = null;
  /** The backbone that was in use when the engine stopped. */
  #lostId: string | null = null;
  /** What the built-in backbone is the fallback for, if it is one. */
  #wantedId = '';

  constructor(parts: EngineStateParts) {
    this.#parts = parts;
    this.backend = new BackendState(parts);
    parts.engine.onEvent(({ kind }) => {
      if (kind === 'stopped') this.#lose();
    });
  }

  get backbone(): BackboneInfo | null {
    return this.#backbone;
  }
  get download(): DownloadProgress | null {
    return this.#loading?.progress ?? null;
  }
  /** The id of the backbone that is on its way. */
  get loadingId(): string | null {
    return this.#loading?.id ?? null;
  }
  /** Why nothing can be computed. */
  get problem(): Problem | null {
    return this.backend.problem ?? this.#problem;
  }
  /** What embeds with the backbone in use; null until that is decided, and on a graphics processor. */
  get runtime(): RuntimeStatus | null {
    return this.#backbone && this.backend.runtimeOf(this.#backbone.sha256);
  }
  /** A model whose input range can't be known: ask, then {@link useModelFiles} again with it. */
  get pendingFiles(): readonly File[] | null {
    return this.#pendingFiles;
  }
  /** Ids of the backbones that lie on this site; null where it doesn't say. */
  get availableIds(): ReadonlySet<string> | null {
    return this.#availableIds;
  }
  /** While the built-in backbone is in use in place of another; {@link useBetter} puts that one into use. */
  get fallback(): Fallback | null {
    return this.#fallback;
  }

  /** Brings the engine up and loads the project's backbone, or first its fallback. */
  start(from: Start): Promise<void> {
    void this.#parts.ownModelIds().then((ids) => (this.#availableIds = ids));
    const beginning = this.#begin(from).finally(this.#begun);
    const load = (request: BackboneRequest | null) => (request ? this.#load(request) : null);
    const opening = beginning.then(load).then(() => undefined);
    return (this.#opening = opening.finally(() => {
      this.#opening = null;
      this.#parts.onChange();
    }));
  }

  /** Loads what is at hand. @returns what has to be fetched before anything can be computed. */
  async #begin({ backboneId, fallbackFirst }: Start): Promise<BackboneRequest | null> {
    const request = await requestFor(backboneId, this.#parts.store);
    this.#lastRequest = request;
    this.#wantedId = backboneId;
    if (!(await this.backend.start())) return null;
    if (request.kind === 'files' || backboneId === BUILT_IN.id) {
      await this.#load(request);
      return null;
    }
    if (!this.#parts.mayFallBack) return request;
    const kept = fallbackFirst ? null : await this.#load({ ...request, keptOnly: true }, 'kept');
    if (kept?.ok) return null;
    const builtIn = await this.#load({ kind: 'catalogue', id: BUILT_IN.id }, 'fallback');
    if (builtIn?.ok) void this.#load(request, 'beside');
    return builtIn?.ok === false ? request : null;
  }

  /** Whether the backbone that is to be used next is on its way. Nothing follows it. */
  get loading(): boolean {
    return this.#opening !== null || (this.#loading !== null && !this.#loading.beside);
  }

  /** The backbone in use, after the one that is to be used next, if any. A better one is not waited for. */
  async settled(): Promise<BackboneInfo | null> {
    await this.#opening;
    while (this.#loading && !this.#loading.beside) await this.#loading.outcome;
    return this.#backbone;
  }

  async chooseBackbone(id: string): Promise<void> {
    if (this.#fallback && id === BUILT_IN.id) return this.keepFallback();
    await this.#choose(await requestFor(id, this.#parts.store));
  }

  /** Null also where no backend runs: {@link retry} goes on with it. */
  async #choose(request: BackboneRequest): Promise<Result<BackboneInfo> | null> {
    await this.#hasBegun;
    if (this.backend.status) return this.#load(request);
    this.#lastRequest = request;
    return null;
  }

  /** The engine has stopped, and with it went what it had loaded: {@link retry} brings it back. */
  #lose(): void {
    this.#lostId ??= this.#backbone?.id ?? null;
    this.#backbone = null;
    this.#fallback?.lose();
    this.#parts.onChange();
  }

  /** Tries again what failed: the engine's start, else the last backbone that was asked for. */
  async retry(): Promise<void> {
    if (!this.backend.status && !(await this.backend.start())) return;
    const lostId = this.#lostId;
    this.#lostId = null;
    if (lostId !== null) {
      const request = await requestFor(lostId, this.#parts.store);
      await this.#load(request, this.#fallback ? 'fallback' : 'in-use');
    }
    if (this.#fallback) await this.#load({ kind: 'catalogue', id: this.#fallback.id }, 'beside');
    else if (lostId === null && this.#lastRequest) await this.#load(this.#lastRequest);
  }

  /**
   * Puts the better backbone into use.
   *
   * @param head fitted on it; null for none.
   * @param then what has to change in the same step.
   */
  async useBetter(head: Head | null, then: () => void): Promise<void> {
    const better = this.#fallback?.better;
    if (!better) return;
    await this.#parts.engine.useBeside(head);
    this.#use(better);
    then();
    this.#parts.onBackbone(better);
  }

  /** Goes on with the built-in backbone: it is the one that is asked for from now on. */
  async keepFallback(): Promise<void> {
    if (!this.#fallback || !this.#backbone) return;
    this.#loading?.cancel();
    this.#use(this.#backbone);
    this.#lastRequest = { kind: 'catalogue', id: this.#backbone.id };
    this.#parts.onBackbone(this.#backbone);
    await this.#parts.engine.dropBeside();
  }

  /** @param fallback where it is one from now on. */
  #use(backbone: BackboneInfo, fallback: Fallback | null = null): void {
    this.#fallback?.end();
    this.#fallback = fallback;
    this.#backbone = backbone;
  }

  cancelDownload(): void {
    this.#loading?.cancel();
  }

  /** @returns what was loaded; null where it failed, which is said through {@link problem}, a notice, or {@link pendingFiles}. */
  async useModelFiles(
    files: readonly File[],
    range: InputRange | null,
  ): Promise<BackboneInfo | null> {
    const outcome = await this.#choose({ kind: 'files', files, inputRange: range });
    if (!outcome?.ok) return null;
    // So that it is there when the project is opened again.
    const { id, inputRange } = outcome.value;
    await this.#parts.store.saveBackbone({ id, files, inputRange });
    return outcome.value;
  }

  cancelPending(): void {
    this.#pendingFiles = null;
  }

  /** A later request ends the one that is on its way. Null where it was cancelled. */
  async #load(
    request: BackboneRequest,
    role: Role = 'in-use',
  ): Promise<Result<BackboneInfo> | null> {
    this.#loading?.cancel();
    const loading = new BackboneLoad(this.#parts.engine, request, role === 'beside');
    this.#loading = loading;
    this.#lastRequest = request;
    this.#problem = null;
    this.#pendingFiles = null;
    const loaded = await loading.outcome;
    if (this.#loading !== loading) return null;
    this.#loading = null;
    if (loaded) this.#settle(loaded, request, role);
    this.#parts.onChange();
    return loaded;
  }

  #settle(loaded: Result<BackboneInfo>, request: BackboneRequest, role: Role): void {
    if (role === 'beside') this.#fallback?.settle(loaded);
    else if (loaded.ok) {
      this.#use(loaded.value, role === 'fallback' ? this.#newFallback() : null);
      this.#parts.onBackbone(loaded.value);
    } else if (role === 'in-use') this.#showProblem(loaded.problem, request);
  }

  #newFallback(): Fallback {
    return new Fallback(this.#wantedId, () => {
      if (!this.#loading) void this.retry();
    });
  }

  #showProblem(problem: Problem, request: BackboneRequest): void {
    this.#fallback?.tryAgainSoon();
    if (problem.code === 'model-range-unknown' && request.kind === 'files') {
      this.#pendingFiles = request.files;
    } else if (this.#backbone === null) this.#problem = problem;
    // The one before goes on.
    else this.#parts.notices.addProblem(problem);
  }
}

/** Where to get a backbone of this id from: one that came from files is only in the store. */
async function requestFor(
  id: string,
  store: Pick<ProjectStore, 'readBackbone'>,
): Promise<BackboneRequest> {
  const own = await store.readBackbone(id);
  return own
    ? { kind: 'files', files: own.files, inputRange: own.inputRange }
    : { kind: 'catalogue', id };
}
