import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Problem } from '../core/problem.ts';
import type { EmbeddedRows } from '../pipeline/embed.ts';
import type { StageRun } from '../pipeline/scheduler.ts';
import { trainClassifier } from '../pipeline/train.ts';
import type { Embedding } from './embedding.svelte.ts';
import type { Stages } from './stages.svelte.ts';
import type { FittingParts } from './training.svelte.ts';

export interface UpgradeParts extends FittingParts {
  readonly stages: Stages;
  /** Pictures becoming embeddings of the better backbone. */
  readonly beside: Embedding;
}

/** The same pictures, judged with the built-in backbone and with the better one. */
export interface Offer {
  readonly better: BackboneInfo;
  readonly before: Evaluation | null;
  readonly after: Evaluation | null;
}

interface Compared extends Offer {
  /** Fitted on the better backbone. */
  readonly classifier: Classifier;
  /** What it was compared with. */
  readonly against: Classifier;
}

/** The stages that lead to the better backbone. */
const MAKING = ['better-embeddings', 'comparison', 'upgrade'] as const;

/**
 * From the built-in backbone to the one that it is the fallback for, once that is there: where a classifier has
 * been fitted meanwhile, another is fitted and offered with both accuracies. Where there is none yet,
 * nothing is lost by going over at once.
 */
export class Upgrade {
  #compared = $state.raw<Compared | null>(null);
  #offer: Offer | null = $derived.by(() => this.#validOffer());
  readonly #parts: UpgradeParts;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
  }

  /** Pictures becoming embeddings of the better backbone. */
  get embedding(): Embedding {
    return this.#parts.beside;
  }
  get fitting(): boolean {
    return this.#parts.stages.statusOf('comparison').kind === 'running';
  }
  /** Why nothing came of it. */
  get problem(): Problem | null {
    const [problem] = MAKING.flatMap((name) => this.#parts.stages.ownProblemOf(name) ?? []);
    return problem ?? null;
  }
  /** To be accepted or declined; null while there is none, or it is no longer about what there is. */
  get offer(): Offer | null {
    return this.#offer;
  }

  /** Goes over to the better backbone, with the classifier that was fitted on it. */
  async accept(): Promise<void> {
    const { rows } = this.#parts.beside;
    if (this.#offer && this.#compared && rows) await this.#goOver(this.#compared.classifier, rows);
  }

  /** Stays with the built-in backbone. */
  decline(): Promise<void> {
    return this.#parts.engineState.keepFallback();
  }

  /** The run of the comparison. */
  async compare({ signal }: StageRun): Promise<void> {
    const { engine, engineState, classifierState, versions, beside } = this.#parts;
    const better = engineState.fallback?.better;
    const { saved: against } = classifierState;
    const { rows } = beside;
    if (!better || !against || !rows) return;
    const setting = { dataset: versions.dataset, backbone: better, rows, startAtHeadInUse: false };
    const classifier = await trainClassifier(engine, setting, { signal });
    const before = against.test ?? against.validation;
    const after = classifier.test ?? classifier.validation;
    this.#compared = { better, before, after, classifier, against };
  }

  /** The run that puts the better backbone into use, where that loses nothing. */
  async goOver(): Promise<void> {
    const { classifierState, beside } = this.#parts;
    if (beside.rows) await this.#goOver(classifierState.saved, beside.rows);
  }

  #validOffer(): Offer | null {
    const { classifierState, engineState } = this.#parts;
    const compared = this.#compared;
    if (compared?.against !== classifierState.saved || classifierState.outdated) return null;
    return compared.better === engineState.fallback?.better ? compared : null;
  }

  /** @param classifier to answer with from now on, where it was fitted on the better backbone. */
  #goOver(classifier: Classifier | null, rows: EmbeddedRows): Promise<void> {
    const { engineState, embedding, classifierState } = this.#parts;
    const isFitted = classifier?.backbone.sha256 === rows.space.backboneSha256;
    return engineState.useBetter(isFitted ? classifier.head : null, () => {
      embedding.adopt(rows);
      if (isFitted && classifier !== classifierState.saved) void classifierState.keep(classifier);
    });
  }
}
