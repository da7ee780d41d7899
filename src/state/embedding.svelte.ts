import type { BackboneInfo } from '../core/backbone.ts';
import { ok, withPath, type Problem, type Result } from '../core/problem.ts';
import { PaceMeter, type Pace } from '../core/progress.ts';
import type { Engine, Inspection, SpaceId } from '../engine/contract.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import {
  embedPictures,
  noRows,
  recallRows,
  type EmbeddedRows,
  type EmbedParts,
} from './pipeline/embed.ts';
import type { Project } from './project.svelte.ts';
import { Throttle } from './throttle.ts';

export interface EmbeddingParts extends EmbedParts {
  readonly engine: Pick<Engine, 'recall' | 'embed' | 'visit'>;
  readonly library: Project;
  /** What embeds; null while there is none. */
  readonly backbone: () => BackboneInfo | null;
  readonly notices: Pick<Notices, 'add'>;
}

/** Pictures becoming embeddings, in the background, as soon as there are pictures and a backbone. */
export class Embedding {
  #running = $state(false);
  #pace = $state.raw<Pace | null>(null);
  #problem = $state.raw<Problem | null>(null);
  readonly #parts: EmbeddingParts;
  readonly #throttle = new Throttle(() => {
    this.#meter.report(this.#settledCount, performance.now());
    this.#pace = this.#meter.read(performance.now());
  });
  #meter = new PaceMeter(0, 0);
  #rows: EmbeddedRows | null = null;
  #abort = new AbortController();
  #work: Promise<void> | null = null;
  #settledCount = 0;
  /** Counts changes, to notice one that came while a pass was ending. */
  #revision = 0;

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
    return this.#problem;
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
    this.#abort.abort();
  }

  /** The engine has begun anew, or has forgotten some: it has to be asked again what it has. */
  restart(): void {
    this.#abort.abort();
    this.#rows?.forget();
    this.refresh();
  }

  /**
   * Looks at a file that is on its way in. Where a backbone is in use it makes the embedding in the same
   * visit; else that is made when there is one.
   */
  async look(file: File): Promise<Result<Inspection>> {
    const { rows } = this;
    const space = rows === null ? null : await this.#ask(rows);
    const visit = await this.#parts.engine.visit(file, space);
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

  /** Pictures, backbone or crop are others now: goes on with what is missing. */
  refresh(): void {
    const before = this.#rows;
    const { rows } = this;
    if (rows !== before) this.#abort.abort();
    if (!rows) return;
    const missing = rows.missing(this.#parts.library.samples).length;
    if (this.#work) {
      this.#revision += 1;
      this.#meter.resize(this.#settledCount + missing);
    } else if (missing > 0) void this.finish();
  }

  /** Ends what runs. It goes on with the next picture that is added, or when training needs it. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Resolves when nothing is missing, or it was cancelled, or it failed (see {@link problem}). */
  finish(): Promise<void> {
    this.#work ??= this.#run();
    return this.#work;
  }

  async #run(): Promise<void> {
    this.#problem = null;
    this.#settledCount = 0;
    this.#meter = new PaceMeter(0, performance.now());
    for (;;) {
      const revision = this.#revision;
      if (!(await this.#pass()) && revision === this.#revision) break;
    }
    this.#work = null;
    this.#running = false;
    this.#throttle.flush();
  }

  /** Embeds what is missing now. @returns whether to look again. */
  async #pass(): Promise<boolean> {
    const { rows } = this;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      return rows !== null && (await this.#embedMissing(rows, signal));
    } catch (error) {
      if (!isCancelled(error, signal)) this.#problem = engineProblem(error);
      // A change of backbone or crop cancels too, and then there is other work.
      return this.rows !== rows;
    }
  }

  /** @returns whether it got anywhere, and should look again for what came meanwhile. */
  async #embedMissing(rows: EmbeddedRows, signal: AbortSignal): Promise<boolean> {
    const { engine, library } = this.#parts;
    const wanted = rows.missing(library.samples);
    if (wanted.length === 0) return false;
    const [settledBefore, refusedBefore] = [this.#settledCount, rows.refused.size];
    this.#meter.resize(this.#settledCount + wanted.length);
    this.#count(await recallRows(wanted, rows, engine));
    const missing = wanted.filter(({ hash }) => rows.get(hash) === undefined);
    if (missing.length === 0) return true;
    this.#running = true;
    const onEmbedded = (count: number): void => {
      this.#count(count);
    };
    const gone = await embedPictures(missing, rows, this.#parts, onEmbedded, signal);
    for (const { hash, sampleId } of gone) {
      // One that was removed meanwhile may come back; one whose file is lost never will.
      const sample = library.byId.get(sampleId);
      if (sample) rows.refused.set(hash, { code: 'file-unreadable', file: sample.name });
    }
    const problems = [...rows.refused].slice(refusedBefore).map(([hash, problem]) => {
      const sampleId = missing.find((one) => one.hash === hash)?.sampleId ?? '';
      return withPath(problem, library.byId.get(sampleId)?.name ?? '');
    });
    if (problems.length > 0)
      this.#parts.notices.add({ kind: 'warning', problems, total: missing.length });
    return this.#settledCount > settledBefore || problems.length > 0;
  }

  #count(settled: number): void {
    this.#settledCount += settled;
    this.#throttle.call();
  }
}
