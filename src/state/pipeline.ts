import type { Engine } from '../engine/contract.ts';
import { declareStages, type Sources } from '../pipeline/stages.ts';
import type { Arrival } from './arrival.svelte.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import type { Settings } from './settings.ts';
import { Stages } from './stages.svelte.ts';
import { Training } from './training.svelte.ts';
import { Upgrade } from './upgrade.svelte.ts';
import { UpToDate } from './up-to-date.svelte.ts';
import type { Versions } from './versions.svelte.ts';

export interface PipelineParts {
  readonly engine: Engine;
  readonly versions: Versions;
  readonly project: Project;
  readonly arrival: Arrival;
  readonly engineState: EngineState;
  readonly classifierState: ClassifierState;
  readonly settings: Settings;
  readonly notices: Notices;
}

/** From samples to a classifier: the stages as they are declared, and what a person sees of each. */
export class Pipeline {
  readonly embedding: Embedding;
  readonly training: Training;
  readonly upToDate: UpToDate;
  readonly upgrade: Upgrade;
  readonly #stages: Stages;
  readonly #arrival: Arrival;

  constructor(parts: PipelineParts) {
    const { engineState, project: library, arrival } = parts;
    const declared = declareStages(() => this.#sources(parts), {
      embeddings: (run) => this.embedding.run(run),
      head: (run) => (run.anew ? this.training.run(run) : this.upToDate.run(run)),
      'better-embeddings': (run) => this.upgrade.embedding.run(run),
      comparison: (run) => this.upgrade.compare(run),
      upgrade: () => this.upgrade.goOver(),
    });
    const stages = new Stages(declared, () => {
      this.upToDate.follow();
    });
    this.#stages = stages;
    this.#arrival = arrival;
    const embedding = new Embedding({
      ...parts,
      library,
      stages,
      stage: 'embeddings',
      backbone: () => engineState.backbone,
    });
    const beside = new Embedding({
      ...parts,
      library,
      stages,
      stage: 'better-embeddings',
      backbone: () => engineState.fallback?.better ?? null,
      // What can't be embedded has been said when it was tried with the built-in backbone.
      notices: { add: () => 0 },
    });
    const fitting = { ...parts, embedding, stages };
    this.embedding = embedding;
    this.training = new Training({ ...fitting, arriving: () => arrival.running });
    this.upToDate = new UpToDate(fitting);
    this.upgrade = new Upgrade({ ...fitting, beside });
    parts.engine.onEvent(({ kind }) => {
      if (kind === 'restarted' || kind === 'stopped') this.askAgain();
    });
  }

  /** Something comes in, is computed or waits for it. */
  get busy(): boolean {
    return this.#arrival.running || this.#stages.scheduler.busy;
  }

  /** The engine may have embeddings elsewhere, or no more: it is asked where. */
  askAgain(): void {
    this.embedding.restart();
    this.upgrade.embedding.restart();
  }

  /** Something that a stage is made of, or waits for, may be another now. */
  changed(): void {
    this.#stages.scheduler.changed();
  }

  /** Ends everything. Nothing begins before the next change. */
  async clear(): Promise<void> {
    this.training.reset();
    await this.#stages.scheduler.clear();
  }

  #sources({ versions, arrival, engineState, classifierState }: PipelineParts): Sources {
    return {
      dataset: versions.dataset,
      backbone: engineState.backbone,
      backboneProblem: engineState.problem,
      rows: this.embedding.rows,
      better: engineState.fallback?.better ?? null,
      betterRows: this.upgrade.embedding.rows,
      classifier: classifierState.saved,
      arriving: arrival.underWay,
      loading: engineState.loading,
      upToDate: this.upToDate.on,
    };
  }
}
