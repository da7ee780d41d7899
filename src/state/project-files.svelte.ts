import { Cancelled, type Problem } from '../core/problem.ts';
import type { Formats, ProjectFile } from '../formats/contract.ts';
import type { Content, OpenedProject, ProjectStore } from '../storage/contract.ts';
import { randomHex } from '../pipeline/class-id.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import { Throttle } from './throttle.ts';
import type { Workspace } from './workspace.svelte.ts';

export interface ProjectFilesParts {
  readonly store: Pick<
    ProjectStore,
    'create' | 'save' | 'purge' | 'readContents' | 'saveBackbone' | 'readBackbone'
  >;
  readonly formats: Pick<Formats, 'writeProject' | 'openProject'>;
  readonly notices: Notices;
  readonly workspace: Workspace;
  /** The backbone that a project file carried is in this browser. */
  readonly onBackbone: (id: string) => void;
}

/** What is being done: pictures are written, checked, or kept. */
export type ProjectFilePhase = 'saving' | 'checking' | 'keeping';

/** Each batch is one transaction: few enough for the memory, enough not to wait for each. */
const BATCH_PICTURES = 64;
const BATCH_BYTES = 16 * 2 ** 20;

/** Projects out to files and in again, one at a time. */
export class ProjectFiles {
  #phase = $state<ProjectFilePhase | null>(null);
  #done = $state(0);
  #total = $state(0);
  readonly #parts: ProjectFilesParts;
  #counted: readonly [done: number, total: number] = [0, 0];
  readonly #throttle = new Throttle(() => {
    [this.#done, this.#total] = this.#counted;
  });
  #abort = new AbortController();

  constructor(parts: ProjectFilesParts) {
    this.#parts = parts;
  }

  /** Null while nothing is under way. */
  get phase(): ProjectFilePhase | null {
    return this.#phase;
  }
  /** Pictures. */
  get done(): number {
    return this.#done;
  }
  get total(): number {
    return this.#total;
  }

  cancel(): void {
    this.#abort.abort();
  }

  /**
   * Writes a project into a stream, which is closed at the end and aborted where that isn't reached.
   *
   * @returns whether it was written.
   */
  async save(id: string, sink: WritableStream<Uint8Array>): Promise<boolean> {
    const task = async (signal: AbortSignal): Promise<boolean> => {
      const opened = await this.#parts.workspace.read(id);
      if (opened) await this.#write(opened, sink, signal);
      return opened !== null;
    };
    const isSaved = await this.#work('saving', task, (error) => ({
      code: 'file-not-written',
      reason: error instanceof Error ? error.message : String(error),
    }));
    // One that is closed or aborted already refuses.
    if (isSaved !== true) await sink.abort().catch(() => undefined);
    return isSaved === true;
  }

  /**
   * Adds a project file as a new project, and opens it. Where that isn't reached nothing of it stays.
   *
   * @returns whether it is open.
   */
  async open(file: File): Promise<boolean> {
    const { formats, notices, workspace } = this.#parts;
    const made = await this.#work('checking', async (signal) => {
      const read = await formats.openProject(file, { signal, onReport: this.#report });
      if (!read.ok) {
        notices.addProblem(read.problem);
        return null;
      }
      this.#begin('keeping');
      const id = randomHex(12);
      await this.#keep(id, read.value, signal);
      return { ...read.value, id };
    });
    if (!made) return false;
    await workspace.restore(made.id);
    if (made.backbone) this.#parts.onBackbone(made.backbone.id);
    for (const problem of made.problems) notices.addProblem(problem, 'warning');
    return true;
  }

  async #write(
    { versioned, classifier, summary }: OpenedProject,
    sink: WritableStream<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, formats, notices } = this.#parts;
    const { createdAtMillis } = summary;
    const backbone = await store.readBackbone(versioned.dataset.options.backboneId);
    const readContents = store.readContents.bind(store);
    const source = { versioned, classifier, backbone, createdAtMillis, readContents };
    const watch = { signal, onReport: this.#report };
    for (const problem of await formats.writeProject(source, sink, watch))
      notices.addProblem(problem, 'warning');
  }

  /** As a deleted project, which is purged like others where the tab is killed before the end. */
  async #keep(id: string, file: ProjectFile, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    const { versioned, classifier, createdAtMillis } = file;
    const deletedAtMillis = Date.now();
    await store.create({ id, versioned, classifier, createdAtMillis, deletedAtMillis });
    try {
      let done = 0;
      for await (const contents of inBatches(file)) {
        if (signal.aborted) throw new Cancelled();
        const atMillis = Date.now();
        await store.save({ projectId: id, after: versioned, step: null, contents, atMillis });
        done += contents.length;
        this.#report(done, file.contentCount);
      }
      if (signal.aborted) throw new Cancelled();
      // One that is here already stays as it is: a file doesn't decide what other projects run on.
      if (file.backbone && !(await store.readBackbone(file.backbone.id)))
        await store.saveBackbone(file.backbone);
    } catch (error) {
      await store.purge(id);
      throw error;
    }
  }

  /** @returns null where it failed, was cancelled, or something else is under way. */
  async #work<T>(
    phase: ProjectFilePhase,
    task: (signal: AbortSignal) => Promise<T>,
    problemOf: (error: unknown) => Problem = engineProblem,
  ): Promise<T | null> {
    if (this.#phase !== null) return null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#begin(phase);
    try {
      return await task(signal);
    } catch (error) {
      if (!isCancelled(error, signal)) this.#parts.notices.addProblem(problemOf(error));
      return null;
    } finally {
      this.#phase = null;
    }
  }

  #begin(phase: ProjectFilePhase): void {
    this.#report(0, 0);
    this.#throttle.flush();
    this.#phase = phase;
  }

  readonly #report = (done: number, total: number): void => {
    this.#counted = [done, total];
    this.#throttle.call();
  };
}

async function* inBatches({ contents }: ProjectFile): AsyncGenerator<readonly Content[]> {
  let batch: Content[] = [];
  let bytes = 0;
  for await (const content of contents()) {
    batch.push(content);
    bytes += content.file.bytes.length + (content.thumbnail?.bytes.length ?? 0);
    if (batch.length < BATCH_PICTURES && bytes < BATCH_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
