import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import type { ProjectOptions } from '../core/options.ts';
import { ok, type Result } from '../core/problem.ts';
import type { ClassLabel, Sample } from '../core/sample.ts';
import type { SavedProject, Store } from '../storage/contract.ts';
import type { Notices } from './notices.svelte.ts';
import { groupByClass, indexById, withAdded, withoutIds, withReplaced } from './sample-index.ts';
import type { SaveQueue } from './save-queue.ts';

/**
 * A picture with all that is kept of it. Blobs are handles: the bytes of a
 * picture that left the store stay readable for as long as one is held.
 */
export interface KeptPicture {
  readonly sample: Sample;
  readonly file: Blob;
  readonly thumbnail?: Blob;
}

/** A sample that is another now; its thumbnail and converted file where there is one. */
export interface SampleUpdate {
  readonly sample: Sample;
  readonly thumbnail?: Blob;
  readonly file?: Blob;
}

export interface LibraryParts {
  readonly store: Store;
  readonly queue: SaveQueue;
  readonly notices: Notices;
}

/** Handles asked of the store at once. */
const HANDLES_AT_ONCE = 64;

/**
 * What is kept: the project's classes, samples and options as the page shows
 * them, and every change of them written to the store, in order.
 */
export class Library {
  #name = $state('');
  #classes = $state.raw<readonly ClassLabel[]>([]);
  #samples = $state.raw<readonly Sample[]>([]);
  #options = $state.raw<ProjectOptions>(DEFAULT_PROJECT_OPTIONS);
  #byId: ReadonlyMap<string, Sample> = $derived(indexById(this.#samples));
  #byClass: ReadonlyMap<string, readonly Sample[]> = $derived(
    groupByClass(this.#classes, this.#samples),
  );
  readonly #parts: LibraryParts;
  #saveWaits = false;
  #lastAddedAtMillis = 0;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
    this.#saveProject();
  }
  get classes(): readonly ClassLabel[] {
    return this.#classes;
  }
  set classes(classes: readonly ClassLabel[]) {
    this.#classes = classes;
    this.#saveProject();
  }
  get options(): ProjectOptions {
    return this.#options;
  }
  set options(options: ProjectOptions) {
    this.#options = options;
    this.#saveProject();
  }
  get samples(): readonly Sample[] {
    return this.#samples;
  }
  get byId(): ReadonlyMap<string, Sample> {
    return this.#byId;
  }
  /** Class id to its samples in order of arrival. Every class has an entry. */
  get byClass(): ReadonlyMap<string, readonly Sample[]> {
    return this.#byClass;
  }

  /** Shows what the store holds. Options that a newer version brought get their defaults. */
  restore(saved: SavedProject): void {
    this.#name = saved.name;
    this.#classes = saved.classes;
    this.#samples = saved.samples;
    this.#options = {
      ...DEFAULT_PROJECT_OPTIONS,
      ...saved.options,
      training: { ...DEFAULT_PROJECT_OPTIONS.training, ...saved.options?.training },
    };
    this.#lastAddedAtMillis = saved.samples.at(-1)?.addedAtMillis ?? 0;
  }

  /** Forgets everything that is shown; the store is cleared by whoever asked. */
  reset(): void {
    this.restore({ name: '', classes: [], options: null, samples: [], classifier: null });
  }

  /** A time of arrival after every other, even for pictures of the same millisecond. */
  nextArrivalMillis(): number {
    this.#lastAddedAtMillis = Math.max(Date.now(), this.#lastAddedAtMillis + 1);
    return this.#lastAddedAtMillis;
  }

  /** A picture's file as it is once everything asked for so far is written: a converted one too. */
  readFile(sampleId: string): Promise<Blob | null> {
    return this.#parts.queue.read(() => this.#parts.store.readFile(sampleId));
  }

  /**
   * Keeps pictures, then shows them: what can be seen is safe. Those whose class is gone by then are
   * neither shown nor kept.
   */
  async add(pictures: readonly KeptPicture[]): Promise<Result<void>> {
    const outcome = await this.#parts.queue.run(() =>
      this.#parts.store.addSamples(this.#classes, pictures),
    );
    if (!outcome.ok) return outcome;
    const samples = pictures.map(({ sample }) => sample);
    const shown = samples.filter(({ classId }) => this.#byClass.has(classId));
    this.#samples = withAdded(this.#samples, shown);
    const gone = samples.filter((sample) => !this.#byId.has(sample.id));
    if (gone.length > 0) this.remove(gone.map(({ id }) => id));
    return ok(undefined);
  }

  /** Replaces samples by id; those that are gone meanwhile stay gone. */
  replace(updates: readonly SampleUpdate[]): void {
    const present = updates.filter(({ sample }) => this.#byId.has(sample.id));
    if (present.length === 0) return;
    this.#samples = withReplaced(this.#samples, present);
    this.#save(() => this.#parts.store.updateSamples(present));
  }

  remove(ids: readonly string[]): void {
    this.#samples = withoutIds(this.#samples, ids);
    this.#save(() => this.#parts.store.removeSamples(ids));
  }

  /** Removes samples and hands out what was kept of them, for {@link add} to bring back. */
  take(samples: readonly Sample[]): Promise<readonly KeptPicture[]> {
    const ids = samples.map(({ id }) => id);
    this.#samples = withoutIds(this.#samples, ids);
    return this.#parts.queue.run(async () => {
      const pictures = await this.#readKept(samples);
      this.#say(await this.#parts.store.removeSamples(ids));
      return pictures;
    });
  }

  async #readKept(samples: readonly Sample[]): Promise<KeptPicture[]> {
    const { store } = this.#parts;
    const pictures: KeptPicture[] = [];
    for (let from = 0; from < samples.length; from += HANDLES_AT_ONCE) {
      const batch = samples.slice(from, from + HANDLES_AT_ONCE).map(async (sample) => {
        const [file, thumbnail] = await Promise.all([
          store.readFile(sample.id),
          store.readThumbnail(sample.id),
        ]);
        return file ? [{ sample, file, ...(thumbnail && { thumbnail }) }] : [];
      });
      pictures.push(...(await Promise.all(batch)).flat());
    }
    return pictures;
  }

  /** Writes name, classes and options as they are when its turn comes; many changes in a row are one write. */
  #saveProject(): void {
    if (this.#saveWaits) return;
    this.#saveWaits = true;
    this.#save(() => {
      this.#saveWaits = false;
      return this.#parts.store.saveProject({
        name: this.#name,
        classes: this.#classes,
        options: this.#options,
      });
    });
  }

  #save(write: () => Promise<Result<void>>): void {
    void this.#parts.queue.run(write).then((outcome) => {
      this.#say(outcome);
    });
  }

  #say(outcome: Result<void>): void {
    if (!outcome.ok) this.#parts.notices.addProblem(outcome.problem);
  }
}
