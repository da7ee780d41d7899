import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { Result } from '../core/problem.ts';
import type { BackboneRequest, Engine } from '../engine/contract.ts';
import { engineProblem, isCancelled } from './failure.ts';

/** A backbone on its way. */
export class BackboneLoad {
  #progress = $state.raw<DownloadProgress | null>(null);
  /** The id that was asked for, or a file's name. */
  readonly id: string;
  /** It comes beside the one in use. */
  readonly beside: boolean;
  /** What came of it; null where it was cancelled. Never rejects. */
  readonly outcome: Promise<Result<BackboneInfo> | null>;
  readonly #abort = new AbortController();

  constructor(engine: Pick<Engine, 'loadBackbone'>, request: BackboneRequest, beside: boolean) {
    this.id = request.kind === 'catalogue' ? request.id : (request.files[0]?.name ?? '');
    this.beside = beside;
    this.outcome = this.#load(engine, request);
  }

  get progress(): DownloadProgress | null {
    return this.#progress;
  }

  cancel(): void {
    this.#abort.abort();
  }

  async #load(
    engine: Pick<Engine, 'loadBackbone'>,
    request: BackboneRequest,
  ): Promise<Result<BackboneInfo> | null> {
    const { beside } = this;
    const { signal } = this.#abort;
    const onReport = (progress: DownloadProgress): void => {
      if (!signal.aborted) this.#progress = progress;
    };
    try {
      return await engine.loadBackbone(request, { onReport, signal, beside });
    } catch (error) {
      return isCancelled(error, signal) ? null : { ok: false, problem: engineProblem(error) };
    }
  }
}
