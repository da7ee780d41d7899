import { ok, type Problem, type Result } from '../core/problem.ts';
import type { Sample } from '../core/dataset.ts';
import type {
  ProjectStore,
  SavedBackbone,
  SavedClassifier,
  SavedProject,
  Store,
  StoreEvent,
} from './contract.ts';
import { createMemoryStore } from './memory-store.ts';

type Write = (store: Store) => Promise<Result<void>>;

/**
 * A store that never refuses.
 *
 * Every write goes to the disk first. What the disk refuses goes to memory,
 * over what the disk already holds: reading looks in memory, then on disk, so
 * nothing that was there goes missing. Samples whose files are only in memory
 * are known by id, so that no later update leaves half of one on disk.
 */
export class ResilientStore implements ProjectStore {
  readonly #disk: Store | null;
  readonly #memory = createMemoryStore();
  /** Samples that the disk doesn't have. */
  readonly #stranded = new Set<string>();
  /** The last of each whole-value write that the disk did not take. */
  readonly #refused = new Map<'project' | 'classifier', Write>();
  #classes: SavedProject['classes'] = [];
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #told: StoreEvent[] = [];
  readonly #onTakeOver: () => Promise<void>;
  #writable: boolean;
  #place: 'disk' | 'memory';
  #reported = false;

  /** @param disk null where it could not be opened; see {@link report}. */
  constructor(disk: Store | null, onTakeOver: () => Promise<void> = () => Promise.resolve()) {
    this.#disk = disk;
    this.#writable = disk !== null;
    this.#place = disk ? 'disk' : 'memory';
    this.#onTakeOver = onTakeOver;
  }

  get place(): 'disk' | 'memory' {
    return this.#place;
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    for (const event of this.#told) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says a problem of the disk, the first time. */
  report(problem: Problem): void {
    this.#place = 'memory';
    if (this.#reported) return;
    this.#reported = true;
    this.#tell({ kind: 'problem', problem });
  }

  #tell(event: StoreEvent): void {
    this.#told.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** From here on the disk is only read. */
  stopWriting(because?: 'open-elsewhere' | 'taken-over'): void {
    this.#writable = false;
    this.#place = 'memory';
    if (because) this.#tell({ kind: because });
  }

  takeOver(): Promise<void> {
    return this.#onTakeOver();
  }

  /** @returns whether the disk took it. A picture that can't be read is nobody's to keep, so that comes back. */
  async #write(write: Write, inMemory: Write = write): Promise<Result<void>> {
    if (this.#disk && this.#writable) {
      const outcome = await write(this.#disk);
      if (outcome.ok || outcome.problem.code === 'file-unreadable') return outcome;
      this.report(outcome.problem);
    }
    return inMemory(this.#memory);
  }

  #writeWhole(what: 'project' | 'classifier', write: Write): Promise<Result<void>> {
    this.#refused.delete(what);
    return this.#write(write, (memory) => {
      this.#refused.set(what, write);
      return write(memory);
    });
  }

  async load(): Promise<Result<SavedProject>> {
    if (!this.#disk) return this.#memory.load();
    const outcome = await this.#disk.load();
    if (outcome.ok) return outcome;
    // What can't be read must not be written over by an empty project.
    this.stopWriting();
    this.report(outcome.problem);
    return this.#memory.load();
  }

  saveProject(project: Pick<SavedProject, 'name' | 'classes' | 'options'>): Promise<Result<void>> {
    this.#classes = project.classes;
    return this.#writeWhole('project', (store) => store.saveProject(project));
  }

  addSamples(...[classes, samples]: Parameters<Store['addSamples']>): Promise<Result<void>> {
    this.#classes = classes;
    return this.#write(
      (store) => store.addSamples(classes, samples),
      (memory) => {
        for (const { sample } of samples) this.#stranded.add(sample.id);
        return memory.addSamples(classes, samples);
      },
    );
  }

  async updateSamples(
    updates: readonly {
      readonly sample: Sample;
      readonly thumbnail?: Blob;
      readonly file?: Blob;
    }[],
  ): Promise<Result<void>> {
    const stranded = updates.filter(({ sample }) => this.#stranded.has(sample.id));
    if (stranded.length > 0) await this.#memory.updateSamples(stranded);
    const others = updates.filter(({ sample }) => !this.#stranded.has(sample.id));
    return others.length > 0 ? this.#write((store) => store.updateSamples(others)) : ok(undefined);
  }

  async removeSamples(ids: readonly string[]): Promise<Result<void>> {
    for (const id of ids) this.#stranded.delete(id);
    await this.#memory.removeSamples(ids);
    const outcome = await this.#write((store) => store.removeSamples(ids));
    if (this.#stranded.size > 0 || this.#refused.size > 0) await this.#bringAshore();
    return outcome;
  }

  /** What had no room on the disk may have some now. */
  async #bringAshore(): Promise<void> {
    if (!this.#disk || !this.#writable) return;
    for (const again of [...this.#refused.values()]) {
      if (!(await again(this.#disk)).ok) return;
    }
    this.#refused.clear();
    const kept = await this.#memory.load();
    if (!kept.ok) return;
    for (const sample of kept.value.samples.filter(({ id }) => this.#stranded.has(id))) {
      const file = await this.#memory.readFile(sample.id);
      const thumbnail = await this.#memory.readThumbnail(sample.id);
      if (!file) continue;
      const outcome = await this.#disk.addSamples(this.#classes, [
        { sample, file, ...(thumbnail && { thumbnail }) },
      ]);
      if (!outcome.ok) return;
      this.#stranded.delete(sample.id);
      await this.#memory.removeSamples([sample.id]);
    }
    this.#settle();
  }

  #settle(): void {
    if (!this.#writable || this.#place === 'disk') return;
    this.#place = 'disk';
    this.#reported = false;
    this.#tell({ kind: 'settled' });
  }

  async readFile(sampleId: string): Promise<Blob | null> {
    return (await this.#memory.readFile(sampleId)) ?? this.#disk?.readFile(sampleId) ?? null;
  }

  async readThumbnail(sampleId: string): Promise<Blob | null> {
    return (
      (await this.#memory.readThumbnail(sampleId)) ?? this.#disk?.readThumbnail(sampleId) ?? null
    );
  }

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>> {
    return this.#write((store) => store.saveBackbone(backbone));
  }

  async readBackbone(id: string): Promise<SavedBackbone | null> {
    return (await this.#memory.readBackbone(id)) ?? this.#disk?.readBackbone(id) ?? null;
  }

  saveClassifier(classifier: SavedClassifier | null): Promise<Result<void>> {
    return this.#writeWhole('classifier', (store) => store.saveClassifier(classifier));
  }

  async clear(): Promise<Result<void>> {
    this.#stranded.clear();
    this.#refused.clear();
    await this.#memory.clear();
    if (!this.#disk || !this.#writable) return ok(undefined);
    const outcome = await this.#disk.clear();
    // An emptied disk has room again.
    if (outcome.ok) this.#settle();
    else this.report(outcome.problem);
    return outcome;
  }

  persist(): Promise<boolean> {
    return this.#disk?.persist() ?? Promise.resolve(false);
  }
}
