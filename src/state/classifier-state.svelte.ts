import type { Classifier } from '../core/classifier.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { Engine } from '../engine/contract.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import { fingerprintOf } from '../pipeline/fingerprint.ts';
import type { Versions } from './versions.svelte.ts';

export interface ClassifierParts {
  readonly engine: Pick<Engine, 'useHead'>;
  readonly versions: Versions;
  readonly notices: Notices;
  readonly engineState: EngineState;
  /** Another is in use, or none. */
  readonly onChange: () => void;
}

/** The classifier there is: fitted here or brought back from an export. */
export class ClassifierState {
  #saved = $state.raw<Classifier | null>(null);
  #outdated: boolean = $derived.by(() => this.#isOutdated());
  readonly #parts: ClassifierParts;

  constructor(parts: ClassifierParts) {
    this.#parts = parts;
  }

  get saved(): Classifier | null {
    return this.#saved;
  }

  /** Its classes with their present names, in the head's order. */
  get classes(): readonly ClassLabel[] {
    const present = this.#parts.versions.dataset.classes;
    return (this.#saved?.classes ?? []).map(
      (one) => present.find(({ id }) => id === one.id) ?? one,
    );
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
    const { byId } = this.#parts.versions;
    return (this.#saved?.judged ?? []).filter(
      (one) => one.actual === actual && one.predicted === predicted && byId.has(one.sampleId),
    );
  }

  /** Shows what the store holds. */
  restore(saved: Classifier | null): void {
    this.#saved = saved;
    this.useHead();
    this.#parts.onChange();
  }

  /** Keeps it in place of the one before. Resolves once it is stored. */
  async keep(classifier: Classifier | null): Promise<void> {
    this.restore(classifier);
    await this.#parts.versions.keepClassifier(classifier);
  }

  /** Gives the engine the head, where the backbone it was fitted on is loaded; else none. */
  useHead(): void {
    const head = this.usable ? (this.#saved?.head ?? null) : null;
    this.#parts.engine.useHead(head).catch((error: unknown) => {
      this.#parts.notices.addProblem(engineProblem(error));
    });
  }

  #isOutdated(): boolean {
    const { versions, engineState } = this.#parts;
    if (!this.#saved || this.#saved.fingerprint === null) return false;
    const backboneSha256 = engineState.backbone?.sha256 ?? this.#saved.backbone.sha256;
    const { classes, samples, options } = versions.dataset;
    return fingerprintOf(classes, samples, backboneSha256, options) !== this.#saved.fingerprint;
  }
}
