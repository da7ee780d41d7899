import type { BackboneInfo, DownloadProgress } from '../core/backbone.ts';
import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { InputRange } from '../core/preprocess.ts';
import type { Problem } from '../core/problem.ts';

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

  async chooseBackend(_name: BackendName | null): Promise<void> {}
  async chooseBackbone(_id: string): Promise<void> {}
  async retry(): Promise<void> {}
  cancelDownload(): void {}
  async useModelFiles(_files: readonly File[], _range: InputRange | null): Promise<void> {}
  cancelPending(): void {}
}
