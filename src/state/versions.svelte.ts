import {
  samplesByClass,
  samplesById,
  type Dataset,
  type Sample,
  type Sha256,
} from '../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import type { Edit } from '../core/edit.ts';
import { summariseSteps, type EditSummary } from '../core/edit-summary.ts';
import {
  edit,
  NO_HISTORY,
  redo,
  redoable,
  undo,
  undoable,
  type Versioned,
} from '../core/history.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Change, Content, ProjectStore } from '../storage/contract.ts';
import { randomHex } from '../pipeline/class-id.ts';

export interface VersionsParts {
  readonly store: Pick<ProjectStore, 'save' | 'readFile' | 'readThumbnail'>;
  /** Pictures, classes or options are others now. */
  readonly onChange: () => void;
}

export const NOTHING: Versioned = {
  dataset: { name: '', classes: [], samples: [], options: DEFAULT_PROJECT_OPTIONS },
  history: NO_HISTORY,
};

/**
 * The open project's dataset and how it came about. Every change is an edit that is written as it is
 * made, in order. Pictures are shown once they are written: what can be seen is safe.
 */
export class Versions {
  #shown = $state.raw<Versioned>(NOTHING);
  #byId: ReadonlyMap<string, Sample> = $derived(samplesById(this.#shown.dataset));
  #byClass: ReadonlyMap<string, readonly Sample[]> = $derived(samplesByClass(this.#shown.dataset));
  #unlabelled: readonly Sample[] = $derived(
    this.#shown.dataset.samples.filter(({ classId }) => classId === null),
  );
  #undoable: EditSummary | null = $derived(this.#summarise(undoable(this.#shown.history)));
  #redoable: EditSummary | null = $derived(this.#summarise(redoable(this.#shown.history)));
  #latest: Versioned = NOTHING;
  #projectId = '';
  readonly #parts: VersionsParts;
  #lastAddedAtMillis = 0;

  constructor(parts: VersionsParts) {
    this.#parts = parts;
  }

  get projectId(): string {
    return this.#projectId;
  }
  /** As it is shown. */
  get dataset(): Dataset {
    return this.#shown.dataset;
  }
  /** With pictures that are being written. Nothing follows it. */
  get latest(): Dataset {
    return this.#latest.dataset;
  }
  get byId(): ReadonlyMap<string, Sample> {
    return this.#byId;
  }
  get byClass(): ReadonlyMap<string, readonly Sample[]> {
    return this.#byClass;
  }
  get unlabelled(): readonly Sample[] {
    return this.#unlabelled;
  }
  /** What {@link undo} would take back; null where there is nothing. */
  get undoable(): EditSummary | null {
    return this.#undoable;
  }
  /** What {@link redo} would do again; null where there is nothing. */
  get redoable(): EditSummary | null {
    return this.#redoable;
  }
  /** The group that {@link undo} would take back. */
  get undoGroup(): string | null {
    return this.#shown.history.done.at(-1)?.group ?? null;
  }

  /** Shows a project as the store gave it. */
  restore(projectId: string, versioned: Versioned): void {
    this.#projectId = projectId;
    this.#latest = versioned;
    this.#lastAddedAtMillis = versioned.dataset.samples.at(-1)?.addedAtMillis ?? 0;
    this.showLatest();
  }

  /** Shows pictures that are still being written too. */
  showLatest(): void {
    if (this.#shown !== this.#latest) this.#shown = this.#latest;
  }

  /** Makes an edit, shown at once. @returns its group. */
  edit(made: Edit, group: string = randomHex(8)): string {
    void this.#make(made, group, {});
    this.#changed();
    return group;
  }

  /**
   * Adds pictures with their content, shown once they are written.
   *
   * @param adding null where nothing is added, only `finished` (see {@link Change.finished}).
   */
  async add(
    adding: Edit | null,
    group: string,
    contents: readonly Content[],
    finished: readonly string[] = [],
  ): Promise<void> {
    if (adding) await this.#make(adding, group, { contents, finished });
    else await this.#save(null, { finished });
    this.#changed();
  }

  /** Takes the newest group of edits back. @returns what that was; null where there is none. */
  undo(): EditSummary | null {
    this.showLatest();
    return this.#go(undo(this.#latest), 'undo', this.undoable);
  }

  /** Makes the group that was undone last again. @returns what that was; null where there is none. */
  redo(): EditSummary | null {
    this.showLatest();
    return this.#go(redo(this.#latest), 'redo', this.redoable);
  }

  /** Lets the history go, with all that only it needs. Resolves once that is written. */
  async forgetHistory(): Promise<void> {
    this.#latest = { ...this.#latest, history: NO_HISTORY };
    const saved = this.#save({ kind: 'forget' }, {});
    this.#changed();
    await saved;
  }

  /** Keeps a classifier with the project. Resolves once it is written. */
  async keepClassifier(classifier: Classifier | null): Promise<void> {
    await this.#save(null, { classifier });
  }

  /** A time of arrival after every other, even for pictures of the same millisecond. */
  nextArrivalMillis(): number {
    this.#lastAddedAtMillis = Math.max(Date.now(), this.#lastAddedAtMillis + 1);
    return this.#lastAddedAtMillis;
  }

  readFile(hash: Sha256): Promise<Blob | null> {
    return this.#parts.store.readFile(hash);
  }

  readThumbnail(hash: Sha256): Promise<Blob | null> {
    return this.#parts.store.readThumbnail(hash);
  }

  async #make(made: Edit, group: string, more: Partial<Change>): Promise<void> {
    this.#latest = edit(this.#latest, made, group);
    const step = this.#latest.history.done.at(-1);
    if (step) await this.#save({ kind: 'edit', step }, more);
  }

  #go(
    after: Versioned | null,
    kind: 'undo' | 'redo',
    summary: EditSummary | null,
  ): EditSummary | null {
    if (after === null) return null;
    this.#latest = after;
    void this.#save({ kind }, {});
    this.#changed();
    return summary;
  }

  async #save(step: Change['step'], more: Partial<Change>): Promise<void> {
    await this.#parts.store.save({
      projectId: this.#projectId,
      after: this.#latest,
      step,
      contents: [],
      atMillis: Date.now(),
      ...more,
    });
  }

  #changed(): void {
    const before = this.#shown.dataset;
    this.showLatest();
    if (this.#shown.dataset !== before) this.#parts.onChange();
  }

  #summarise(steps: Parameters<typeof summariseSteps>[0]): EditSummary | null {
    return steps.length === 0 ? null : summariseSteps(steps, this.#shown.dataset.classes);
  }
}
