import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { Problem } from '../core/problem.ts';
import { findRuntime, type RuntimeName, type RuntimeStatus } from '../core/runtime.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { Engine, EngineEvent } from '../engine/contract.ts';
import { engineProblem } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import type { Settings } from './settings.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

export interface BackendParts {
  readonly engine: Pick<Engine, 'start' | 'onEvent'>;
  readonly notices: Notices;
  readonly settings: Settings;
  /** Of the page's address, `?backend=`: wins over the settings. */
  readonly addressBackend: string | null;
  /** `?runtime=`: likewise. */
  readonly addressRuntime: string | null;
}

/** The backend that runs, and the one that the person asked for. */
export class BackendState {
  #status = $state.raw<BackendStatus | null>(null);
  #starting = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #asked = $state<BackendName | null>(null);
  #askedRuntime = $state<RuntimeName | null>(null);
  /** One for each backbone that was loaded, the latest first. */
  #runtimes = $state.raw<readonly RuntimeStatus[]>([]);
  readonly #parts: BackendParts;

  constructor(parts: BackendParts) {
    this.#parts = parts;
    const asked = parts.addressBackend ?? parts.settings.get('backend');
    this.#asked = BACKENDS.find((name) => name === asked) ?? null;
    this.#askedRuntime = findRuntime(parts.addressRuntime ?? parts.settings.get('runtime'));
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
  /** Why none runs. */
  get problem(): Problem | null {
    return this.#problem;
  }
  /** Null: the app chooses. */
  get asked(): BackendName | null {
    return this.#asked;
  }

  /** What is to embed on the CPU; null: whatever is faster. */
  get askedRuntime(): RuntimeName | null {
    return this.#askedRuntime;
  }

  /** What embeds with a backbone; null until that is decided, and where WASM doesn't run. */
  runtimeOf(backbone: Sha256): RuntimeStatus | null {
    if (this.#status?.backend !== 'wasm') return null;
    return this.#runtimes.find(({ sha256 }) => sha256 === backbone) ?? null;
  }

  async chooseRuntime(name: RuntimeName | null): Promise<void> {
    this.#askedRuntime = name;
    this.#parts.settings.set('runtime', name);
    await this.start();
  }

  async choose(name: BackendName | null): Promise<void> {
    this.#asked = name;
    this.#parts.settings.set('backend', name);
    await this.start();
  }

  /** @returns whether one runs. */
  async start(): Promise<boolean> {
    this.#starting = true;
    this.#problem = null;
    try {
      const outcome = await this.#parts.engine.start({
        backend: this.#asked,
        runtime: this.#askedRuntime,
      });
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

  #hear(event: EngineEvent): void {
    const { notices } = this.#parts;
    switch (event.kind) {
      case 'runtime': {
        const { status } = event;
        const others = this.#runtimes.filter(({ sha256 }) => sha256 !== status.sha256);
        this.#runtimes = [status, ...others];
        break;
      }
      case 'backend':
        this.#status = event.status;
        if (event.problem) notices.addProblem(event.problem, 'warning');
        break;
      case 'restarted':
        // Saying it once is enough.
        if (!notices.list.some(({ message }) => message?.key === 'engine-restarted'))
          notices.add({ kind: 'warning', message: { key: 'engine-restarted' } });
        break;
      case 'stopped':
        this.#status = null;
        this.#problem = event.problem;
        notices.addProblem(event.problem);
    }
  }
}
