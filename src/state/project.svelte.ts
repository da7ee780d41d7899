import { DEFAULT_TRAINING_OPTIONS } from '../core/default-options.ts';
import { cleanLabel } from '../core/labels.ts';
import type { ProjectOptions, TrainingOptions } from '../core/options.ts';
import { ok, type Result } from '../core/problem.ts';
import type { ClassLabel, Sample } from '../core/sample.ts';
import type { Store } from '../storage/contract.ts';
import { colourOf, newClassId } from './class-id.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { movedBack, whereFrom, withClassBack, type Undoable } from './undo.ts';
import { freeLabel, type Words } from './words.ts';

export interface ProjectParts {
  readonly library: Library;
  readonly store: Store;
  readonly notices: Notices;
  readonly words: Words;
  /** Pictures or options are others now. */
  readonly onChange: () => void;
}

/** What the person has, and what they do with it: classes, pictures, options, a name for it all. */
export class Project {
  #undo = $state.raw<Undoable | null>(null);
  readonly #parts: ProjectParts;
  readonly #library: Library;

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.#library = parts.library;
  }

  /** Empty until it is named. */
  get name(): string {
    return this.#library.name;
  }
  get classes(): readonly ClassLabel[] {
    return this.#library.classes;
  }
  get samples(): readonly Sample[] {
    return this.#library.samples;
  }
  /** Sample id to sample. */
  get byId(): ReadonlyMap<string, Sample> {
    return this.#library.byId;
  }
  /** Class id to its pictures in order of arrival. Every class has an entry. */
  get byClass(): ReadonlyMap<string, readonly Sample[]> {
    return this.#library.byClass;
  }
  get options(): ProjectOptions {
    return this.#library.options;
  }
  /** The key of the last removal or move, while it can be undone. */
  get undoable(): Undoable['key'] | null {
    return this.#undo?.key ?? null;
  }

  /** An empty name takes the name away. */
  rename(name: string): void {
    const cleaned = cleanLabel(name, []);
    if (cleaned.ok || cleaned.problem.code === 'label-empty')
      this.#library.name = cleaned.ok ? cleaned.value : '';
  }

  setOptions(patch: Partial<ProjectOptions>): void {
    this.#library.options = { ...this.#library.options, ...patch };
    this.#parts.onChange();
  }

  setTraining(patch: Partial<TrainingOptions>): void {
    this.setOptions({ training: { ...this.options.training, ...patch } });
  }

  resetTraining(): void {
    this.setOptions({ training: DEFAULT_TRAINING_OPTIONS });
  }

  /** Position in the palette, from 0; the same as long as the class exists. */
  colourIndex(classId: string): number {
    return (
      colourOf(classId) ??
      Math.max(
        0,
        this.classes.findIndex(({ id }) => id === classId),
      )
    );
  }

  /** @param label by default the first free "Class 3". */
  addClass(label: string = this.freeLabel()): Result<ClassLabel> {
    const cleaned = cleanLabel(
      label,
      this.classes.map((existing) => existing.label),
    );
    if (!cleaned.ok) return cleaned;
    const added = { id: newClassId(this.classes), label: cleaned.value };
    this.#library.classes = [...this.classes, added];
    return ok(added);
  }

  /** A label that no class has yet. */
  freeLabel(): string {
    return freeLabel(this.classes, this.#parts.words);
  }

  /** Costs no retrain: a classifier knows its classes by id. */
  renameClass(id: string, text: string): Result<void> {
    const others = this.classes.filter((existing) => existing.id !== id);
    const cleaned = cleanLabel(
      text,
      others.map(({ label }) => label),
    );
    if (!cleaned.ok) return cleaned;
    const renamed = { id, label: cleaned.value };
    this.#library.classes = this.classes.map((existing) =>
      existing.id === id ? renamed : existing,
    );
    return ok(undefined);
  }

  /** With its pictures. */
  removeClass(id: string): void {
    const index = this.classes.findIndex((existing) => existing.id === id);
    const label = this.classes[index];
    if (!label) return;
    const samples = this.byClass.get(id) ?? [];
    this.#undo = {
      key: 'class-removed',
      pictures: this.#library.take(samples),
      removedClass: { label, index },
    };
    this.#library.classes = this.classes.toSpliced(index, 1);
    this.#parts.notices.say({ key: 'class-removed', label: label.label, count: samples.length });
    this.#parts.onChange();
  }

  removeSamples(ids: readonly string[]): void {
    const samples = ids.flatMap((id) => this.byId.get(id) ?? []);
    if (samples.length === 0) return;
    this.#undo = {
      key: 'pictures-removed',
      pictures: this.#library.take(samples),
      removedClass: null,
    };
    this.#parts.notices.say({ key: 'pictures-removed', count: samples.length });
    this.#parts.onChange();
  }

  moveSamples(ids: readonly string[], classId: string): void {
    const target = this.classes.find(({ id }) => id === classId);
    const moving = ids
      .flatMap((id) => this.byId.get(id) ?? [])
      .filter((sample) => sample.classId !== classId);
    if (!target || moving.length === 0) return;
    this.#undo = whereFrom(moving);
    this.#library.replace(moving.map((sample) => ({ sample: { ...sample, classId } })));
    this.#parts.notices.say({ key: 'pictures-moved', count: moving.length, label: target.label });
    this.#parts.onChange();
  }

  /** Takes the last removal or move back. */
  async undo(): Promise<void> {
    const undoable = this.#undo;
    if (!undoable) return;
    this.#undo = null;
    if (undoable.key === 'pictures-moved') {
      this.#library.replace(movedBack(undoable.classIds, this.classes, this.byId));
    } else {
      if (undoable.removedClass)
        this.#library.classes = withClassBack(this.classes, undoable.removedClass);
      const pictures = (await undoable.pictures).filter(({ sample }) =>
        this.byClass.has(sample.classId),
      );
      const outcome = await this.#library.add(pictures);
      if (!outcome.ok) this.#parts.notices.addProblem(outcome.problem);
    }
    this.#parts.notices.say({ key: 'undone' });
    this.#parts.onChange();
  }

  /** Forgets how to undo, when everything is started over. */
  forgetUndo(): void {
    this.#undo = null;
  }

  thumbnail(sampleId: string): Promise<Blob | null> {
    return this.#parts.store.readThumbnail(sampleId);
  }

  file(sampleId: string): Promise<Blob | null> {
    return this.#parts.store.readFile(sampleId);
  }
}
