import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Problem } from '../core/problem.ts';
import type { Engine } from '../engine/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { EmbeddedRows } from './pipeline/embed.ts';
import { fingerprintOf } from './pipeline/fingerprint.ts';
import { Passes } from './passes.ts';
import { trainClassifier } from './pipeline/train.ts';
import { prepareData } from './pipeline/training-set.ts';
import type { Project } from './project.svelte.ts';
import type { Training } from './training.svelte.ts';

export interface UpgradeParts {
  readonly engine: Pick<Engine, 'recall' | 'embed' | 'visit' | 'train'>;
  readonly library: Project;
  readonly engineState: EngineState;
  readonly embedding: Embedding;
  readonly training: Training;
  readonly classifierState: ClassifierState;
  /** Resolves when what is being dropped is in. */
  readonly arrived: () => Promise<void>;
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

/**
 * From the built-in backbone to the one that it stands in for, once that is
 * there: embeds all pictures with it in the background, and, where a classifier
 * has been fitted meanwhile, fits another and offers it with both accuracies.
 * Where there is none yet, nothing is lost by going over at once.
 */
export class Upgrade {
  #fitting = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #compared = $state.raw<Compared | null>(null);
  #offer: Offer | null = $derived.by(() => this.#validOffer());
  readonly #parts: UpgradeParts;
  readonly #beside: Embedding;
  readonly #passes: Passes;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
    const { engine, library, engineState } = parts;
    this.#passes = new Passes(
      (signal) => this.#pass(signal),
      (error, signal) => {
        if (!isCancelled(error, signal)) this.#problem = engineProblem(error);
      },
    );
    this.#beside = new Embedding({
      engine,
      library,
      backbone: () => engineState.standIn?.better ?? null,
      // What can't be embedded has been said when it was tried with the built-in backbone.
      notices: { add: () => 0 },
    });
  }

  /** Pictures becoming embeddings of the better backbone. */
  get embedding(): Embedding {
    return this.#beside;
  }
  get fitting(): boolean {
    return this.#fitting;
  }
  /** Why nothing came of it. */
  get problem(): Problem | null {
    return this.#problem ?? this.#beside.problem;
  }
  /** To be accepted or declined; null while there is none, or it is no longer about what there is. */
  get offer(): Offer | null {
    return this.#offer;
  }

  /** Pictures, options, classifier or backbone are others now: goes on with what there is to do. */
  refresh(): void {
    if (this.#parts.engineState.standIn?.better) this.#passes.refresh();
    else {
      this.#passes.cancel();
      this.#beside.cancel();
    }
  }

  /** Goes over to the better backbone, with the classifier that was fitted on it. */
  async accept(): Promise<void> {
    const { rows } = this.#beside;
    if (this.#offer && this.#compared && rows) await this.#goOver(this.#compared.classifier, rows);
  }

  /** Stays with the built-in backbone. */
  decline(): Promise<void> {
    return this.#parts.engineState.keepStandIn();
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { arrived, training, engineState, classifierState, library } = this.#parts;
    this.#problem = null;
    await arrived();
    await training.settled();
    await this.#beside.finish();
    const better = engineState.standIn?.better;
    const { rows } = this.#beside;
    // What has changed meanwhile has asked for another pass.
    if (!better || !rows || training.phase !== 'idle') return;
    if (rows.missing(library.samples).length > 0) return;
    const { saved, usable, outdated } = classifierState;
    if (!saved || !usable) await this.#goOver(saved, rows);
    else if (!outdated && saved.fingerprint !== null && this.#compared?.against !== saved)
      await this.#compare(saved, better, rows, signal);
  }

  async #compare(
    against: Classifier,
    better: BackboneInfo,
    rows: EmbeddedRows,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, library } = this.#parts;
    const { classes, samples } = library;
    const options = { ...library.options, backboneId: better.id };
    const data = prepareData(classes, samples, rows, options.training);
    const fingerprint = fingerprintOf(classes, samples, better.sha256, options);
    const nowMillis = Date.now();
    const setting = { backbone: better, options, fingerprint, nowMillis, startAtHeadInUse: false };
    this.#fitting = true;
    try {
      const outcome = await trainClassifier(engine, data, setting, { signal });
      if (!outcome.ok) this.#problem = outcome.problem;
      else {
        const classifier = outcome.value;
        const before = against.test ?? against.validation;
        const after = classifier.test ?? classifier.validation;
        this.#compared = { better, before, after, classifier, against };
      }
    } finally {
      this.#fitting = false;
    }
  }

  #validOffer(): Offer | null {
    const { classifierState, engineState } = this.#parts;
    const compared = this.#compared;
    if (compared?.against !== classifierState.saved || classifierState.outdated) return null;
    return compared.better === engineState.standIn?.better ? compared : null;
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
