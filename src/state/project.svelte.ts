import { findBackbone } from '../core/backbone-catalogue.ts';
import {
  addingClasses,
  mergingClasses,
  movingClass,
  removingAll,
  removingClass,
} from '../core/compose-edit.ts';
import type { ClassLabel, Dataset, Purpose, Sample } from '../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS, DEFAULT_TRAINING_OPTIONS } from '../core/default-options.ts';
import { cleanLabel } from '../core/labels.ts';
import type { ProjectOptions, TrainingOptions } from '../core/options.ts';
import { ok, type Result } from '../core/problem.ts';
import { colourOf, newClassId, randomHex } from '../pipeline/class-id.ts';
import type { Notices } from './notices.svelte.ts';
import type { Versions } from './versions.svelte.ts';
import { freeLabel, type Words } from './settings.ts';

export interface ProjectParts {
  readonly versions: Versions;
  readonly notices: Notices;
  readonly words: Words;
}

/** An option that is dragged changes many times: so soon after each other they are one change. */
const ONE_GESTURE_MILLIS = 1000;

/** What the person has, and what they do with it: classes, pictures, options, a name for it all. */
export class Project {
  readonly #parts: ProjectParts;
  readonly #versions: Versions;
  #gesture = { what: '', group: '', atMillis: -Infinity };

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.#versions = parts.versions;
  }

  /** Empty until it is named. */
  get name(): string {
    return this.#versions.dataset.name;
  }
  get classes(): readonly ClassLabel[] {
    return this.#versions.dataset.classes;
  }
  get samples(): readonly Sample[] {
    return this.#versions.dataset.samples;
  }
  get options(): ProjectOptions {
    return this.#versions.dataset.options;
  }
  /** Sample id to sample. */
  get byId(): ReadonlyMap<string, Sample> {
    return this.#versions.byId;
  }
  /** Class id to its pictures in order of arrival. Every class has an entry. */
  get byClass(): ReadonlyMap<string, readonly Sample[]> {
    return this.#versions.byClass;
  }
  /** Pictures without a label, in order of arrival. */
  get unlabelled(): readonly Sample[] {
    return this.#versions.unlabelled;
  }

  /** An empty name takes the name away. */
  rename(name: string): void {
    const cleaned = cleanLabel(name, []);
    if (!cleaned.ok && cleaned.problem.code !== 'label-empty') return;
    const taken = cleaned.ok ? cleaned.value : '';
    if (taken !== this.name) this.#versions.edit({ kind: 'rename-project', name: taken });
  }

  setOptions(patch: Partial<ProjectOptions>): void {
    const { options } = this.#versions.dataset;
    this.#setOptions({ ...options, ...patch }, Object.keys(patch).join());
  }

  setTraining(patch: Partial<TrainingOptions>): void {
    const { options } = this.#versions.dataset;
    const training = { ...options.training, ...patch };
    this.#setOptions({ ...options, training }, Object.keys(patch).join());
  }

  resetTraining(): void {
    this.setOptions({ training: DEFAULT_TRAINING_OPTIONS });
  }

  #setOptions(options: ProjectOptions, what: string): void {
    if (JSON.stringify(options) === JSON.stringify(this.#versions.dataset.options)) return;
    const atMillis = performance.now();
    const goesOn =
      what === this.#gesture.what &&
      this.#gesture.group === this.#versions.undoGroup &&
      atMillis - this.#gesture.atMillis < ONE_GESTURE_MILLIS;
    const group = goesOn ? this.#gesture.group : randomHex(8);
    this.#gesture = { what, group, atMillis };
    this.#versions.edit({ kind: 'set-options', options }, group);
  }

  /** Position in the palette, from 0; the same as long as the class exists. */
  colourIndex(classId: string): number {
    const index = this.classes.findIndex(({ id }) => id === classId);
    return colourOf(classId) ?? Math.max(0, index);
  }

  /** @param label by default the first free "Class 3". */
  addClass(label: string = this.freeLabel()): Result<ClassLabel> {
    const { classes } = this.#versions.dataset;
    const cleaned = cleanLabel(
      label,
      classes.map((existing) => existing.label),
    );
    if (!cleaned.ok) return cleaned;
    const added = { id: newClassId(classes), label: cleaned.value };
    this.#versions.edit(addingClasses(classes, [added]));
    return ok(added);
  }

  /** A label that no class has yet. */
  freeLabel(): string {
    return freeLabel(this.classes, this.#parts.words);
  }

  /** Costs no retrain: a classifier knows its classes by id. */
  renameClass(id: string, text: string): Result<void> {
    const { classes } = this.#versions.dataset;
    const others = classes.filter((existing) => existing.id !== id);
    const cleaned = cleanLabel(
      text,
      others.map(({ label }) => label),
    );
    if (!cleaned.ok) return cleaned;
    const present = classes.find((existing) => existing.id === id);
    if (present && present.label !== cleaned.value)
      this.#versions.edit({ kind: 'rename-class', id, label: cleaned.value });
    return ok(undefined);
  }

  /** With its pictures. */
  removeClass(id: string): void {
    const { dataset } = this.#latest();
    const label = dataset.classes.find((one) => one.id === id)?.label;
    if (label === undefined) return;
    const count = dataset.samples.filter(({ classId }) => classId === id).length;
    const group = this.#versions.edit(removingClass(dataset, id));
    this.#parts.notices.say({ key: 'class-removed', label, count }, group);
  }

  /** A class's pictures go to another class, and it goes. */
  mergeClass(id: string, intoId: string): void {
    const { dataset } = this.#latest();
    const [own, into] = [id, intoId].map((one) => dataset.classes.find((a) => a.id === one));
    if (!own || !into || own === into) return;
    const group = this.#versions.edit(mergingClasses(dataset, id, intoId));
    const { label } = own;
    this.#parts.notices.say({ key: 'class-merged', label, into: into.label }, group);
  }

  /** @param step how many places down the list; up where it is negative. */
  moveClass(id: string, step: number): void {
    const edit = movingClass(this.#versions.dataset, id, step);
    if (edit) this.#versions.edit(edit);
  }

  removeSamples(ids: readonly string[]): void {
    const present = this.#present(ids).map(({ id }) => id);
    if (present.length === 0) return;
    const group = this.#versions.edit({ kind: 'remove-samples', ids: present });
    this.#parts.notices.say({ key: 'pictures-removed', count: present.length }, group);
  }

  /** @param classId null takes their label off. */
  moveSamples(ids: readonly string[], classId: string | null): void {
    const moving = this.#present(ids).filter((sample) => sample.classId !== classId);
    const label = this.classes.find(({ id }) => id === classId)?.label ?? null;
    if (moving.length === 0 || (classId !== null && label === null)) return;
    const labels = moving.map(({ id }) => ({ id, classId }));
    const group = this.#versions.edit({ kind: 'label-samples', labels });
    const count = moving.length;
    this.#parts.notices.say(
      label === null
        ? { key: 'pictures-unlabelled', count }
        : { key: 'pictures-moved', count, label },
      group,
    );
  }

  /** What pictures are for: to learn from, or only to judge by. */
  markSamples(ids: readonly string[], purpose: Purpose): void {
    const marks = this.#present(ids)
      .filter((sample) => sample.purpose !== purpose)
      .map(({ id }) => ({ id, purpose }));
    if (marks.length > 0) this.#versions.edit({ kind: 'mark-samples', marks });
  }

  /** Removes everything. A backbone that everybody can get stays asked for. @returns the edit's group. */
  removeAll(): string {
    const { dataset } = this.#latest();
    const { backboneId } = findBackbone(dataset.options.backboneId)
      ? dataset.options
      : DEFAULT_PROJECT_OPTIONS;
    return this.#versions.edit(removingAll(dataset, { ...DEFAULT_PROJECT_OPTIONS, backboneId }));
  }

  readThumbnail(sampleId: string): Promise<Blob | null> {
    return this.#read(sampleId, (hash) => this.#versions.readThumbnail(hash));
  }

  readFile(sampleId: string): Promise<Blob | null> {
    return this.#read(sampleId, (hash) => this.#versions.readFile(hash));
  }

  async #read(
    sampleId: string,
    read: (hash: string) => Promise<Blob | null>,
  ): Promise<Blob | null> {
    const sample = this.byId.get(sampleId);
    return sample ? read(sample.hash) : null;
  }

  /** What is shown and what there is are one from here on: a verb is about all of it. */
  #latest(): { readonly dataset: Dataset } {
    this.#versions.showLatest();
    return this.#versions;
  }

  #present(ids: readonly string[]): readonly Sample[] {
    this.#versions.showLatest();
    return ids.flatMap((id) => this.byId.get(id) ?? []);
  }
}
