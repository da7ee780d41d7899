import type { BackboneInfo } from '../core/backbone.ts';
import { ok, type Problem, type Result } from '../core/problem.ts';
import { PaceMeter, type Pace } from '../core/progress.ts';
import type { Engine, Inspection, SpaceId } from '../engine/contract.ts';
import { noRows, recallRows, type EmbeddedRows } from '../pipeline/embed.ts';
import { makeEmbeddings } from '../pipeline/make-embeddings.ts';
import type { StageRun } from '../pipeline/scheduler.ts';
import type { StageName } from '../pipeline/stages.ts';
import type { Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import type { Stages } from './stages.svelte.ts';
import { Throttle } from './throttle.ts';

export interface EmbeddingParts {
  readonly engine: Pick<Engine, 'recall' | 'embed' | 'visit'>;
  readonly library: Project;
  readonly stages: Stages;
  /** The stage that it shows. */
  readonly stage: StageName;
  /** What embeds; null while there is none. */
  readonly backbone: () => BackboneInfo | null;
  readonly notices: Pick<Notices, 'add'>;
}

/** Pictures becoming embeddings, in the background, as soon as there are pictures and a backbone. */
export class Embedding {
  #running = $state(false);
  #pace = $state.raw<Pace | null>(null);
  readonly #parts: EmbeddingParts;
  readonly #throttle = new Throttle(() => {
    this.#meter.report(this.#settledCount, performance.now());
    this.#pace = this.#meter.read(performance.now());
  });
  #meter = new PaceMeter(0, 0);
  #rows: EmbeddedRows | null = null;
  #settledCount = 0;

  constructor(parts: EmbeddingParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running;
  }
  get done(): number {
    return this.#pace?.done ?? 0;
  }
  get total(): number {
    return this.#pace?.total ?? 0;
  }
  /** Pictures a second. */
  get rate(): number {
    return this.#pace?.perSecond ?? 0;
  }
  get secondsLeft(): number | null {
    const millis = this.#pace?.millisLeft ?? null;
    return millis === null ? null : millis / 1000;
  }
  get problem(): Problem | null {
    return this.#parts.stages.ownProblemOf(this.#parts.stage);
  }

  /** Where the embeddings of the present backbone and crop are; null while no backbone is loaded. */
  get rows(): EmbeddedRows | null {
    const backbone = this.#parts.backbone();
    if (!backbone) return null;
    const { crop } = this.#parts.library.options;
    if (!this.#rows?.isFor(backbone.sha256, crop)) this.#rows = noRows(backbone.sha256, crop);
    return this.#rows;
  }

  /** Takes over embeddings made elsewhere, for the backbone that is in use from now on. */
  adopt(rows: EmbeddedRows): void {
    this.#rows = rows;
  }

  /** The engine has begun anew, or has forgotten some: it has to be asked again what it has. */
  restart(): void {
    this.#rows?.forget();
    this.#parts.stages.scheduler.changed();
  }

  /**
   * Looks at a file that is on its way in. Where a backbone is in use it makes the embedding in the same
   * visit; else that is made when there is one.
   *
   * @param urgent goes before the files that wait.
   */
  async look(file: File, urgent = false): Promise<Result<Inspection>> {
    const { rows } = this;
    const space = rows === null ? null : await this.#ask(rows);
    const visit = await this.#parts.engine.visit(file, space, urgent);
    if (!visit.ok) return visit;
    const { inspection, row } = visit.value;
    if (row !== null && space !== null) rows?.hear(space, inspection.hash, row);
    return ok(inspection);
  }

  /** The engine's name for where embeddings go; null where it doesn't say. */
  async #ask(rows: EmbeddedRows): Promise<SpaceId | null> {
    try {
      return rows.isKnown ? rows.id : (await recallRows([], rows, this.#parts.engine), rows.id);
    } catch {
      return null;
    }
  }

  /** Resolves when nothing is missing, or it was cancelled, or it failed (see {@link problem}). */
  finish(): Promise<void> {
    return this.#parts.stages.scheduler.want(this.#parts.stage).catch(() => undefined);
  }

  /** Ends what runs. It goes on with the next picture that is added, or when training needs it. */
  cancel(): void {
    this.#parts.stages.scheduler.cancel(this.#parts.stage);
  }

  /** The stage's run. */
  async run({ signal }: StageRun): Promise<void> {
    const { rows } = this;
    const { engine, library, notices } = this.#parts;
    if (rows === null || rows.missing(library.samples).length === 0) return;
    this.#settledCount = 0;
    this.#meter = new PaceMeter(0, performance.now());
    try {
      await makeEmbeddings(
        rows,
        { engine, library, samples: () => library.samples },
        {
          signal,
          onMissing: (count) => {
            this.#meter.resize(this.#settledCount + count);
          },
          onMaking: () => (this.#running = true),
          onSettled: (count) => {
            this.#settledCount += count;
            this.#throttle.call();
          },
          onProblems: (problems, total) => notices.add({ kind: 'warning', problems, total }),
        },
      );
    } finally {
      this.#running = false;
      this.#throttle.flush();
    }
  }
}
