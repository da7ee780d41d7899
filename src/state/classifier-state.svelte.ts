import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { ClassLabel } from '../core/sample.ts';
import type { Engine } from '../engine/contract.ts';
import type { SavedClassifier, Store } from '../storage/contract.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem } from './failure.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { fingerprintOf } from './pipeline/fingerprint.ts';
import { withPresentLabels } from './sample-index.ts';
import type { SaveQueue } from './save-queue.ts';

export interface ClassifierParts {
  readonly engine: Pick<Engine, 'useHead'>;
  readonly store: Pick<Store, 'saveClassifier'>;
  readonly queue: SaveQueue;
  readonly library: Library;
  readonly notices: Notices;
  readonly engineState: EngineState;
}

/** The classifier there is: fitted here or brought back from an export. */
export class ClassifierState {
  #saved = $state.raw<SavedClassifier | null>(null);
  #outdated: boolean = $derived.by(() => this.#isOutdated());
  readonly #parts: ClassifierParts;

  constructor(parts: ClassifierParts) {
    this.#parts = parts;
  }

  get saved(): SavedClassifier | null {
    return this.#saved;
  }

  /** Its classes with their present names, in the head's order. */
  get classes(): readonly ClassLabel[] {
    return withPresentLabels(this.#saved?.classes ?? [], this.#parts.library.classes);
  }

  get outdated(): boolean {
    return this.#outdated;
  }

  get usable(): boolean {
    const { backbone } = this.#parts.engineState;
    return this.#saved !== null && backbone?.sha256 === this.#saved.backbone.sha256;
  }

  get judgedBy(): 'test' | 'validation' | null {
    if (this.#saved?.test) return 'test';
    return this.#saved?.validation ? 'validation' : null;
  }

  get evaluation(): Evaluation | null {
    return this.#saved?.test ?? this.#saved?.validation ?? null;
  }

  samplesOf(actual: number, predicted: number): readonly Judged[] {
    const { byId } = this.#parts.library;
    return (this.#saved?.judged ?? []).filter(
      (one) => one.actual === actual && one.predicted === predicted && byId.has(one.sampleId),
    );
  }

  /** Shows what the store holds. */
  restore(saved: SavedClassifier | null): void {
    this.#saved = saved;
    this.useHead();
  }

  /** Keeps it in place of the one before. Resolves once it is stored. */
  async keep(classifier: SavedClassifier): Promise<void> {
    this.restore(classifier);
    const { queue, store, notices } = this.#parts;
    const outcome = await queue.run(() => store.saveClassifier(classifier));
    if (!outcome.ok) notices.addProblem(outcome.problem);
  }

  /** Gives the engine the head, where the backbone it was fitted on is loaded; else none. */
  useHead(): void {
    const head = this.usable ? (this.#saved?.head ?? null) : null;
    this.#parts.engine.useHead(head).catch((error: unknown) => {
      this.#parts.notices.addProblem(engineProblem(error));
    });
  }

  #isOutdated(): boolean {
    const { library, engineState } = this.#parts;
    if (!this.#saved || this.#saved.fingerprint === null) return false;
    const backboneSha256 = engineState.backbone?.sha256 ?? this.#saved.backbone.sha256;
    const present = fingerprintOf(
      library.classes,
      library.samples,
      backboneSha256,
      library.options,
    );
    return present !== this.#saved.fingerprint;
  }
}
