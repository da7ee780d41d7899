import { nextTask } from '../core/breathe.ts';
import { addingSamples } from '../core/compose-edit.ts';
import type { ClassLabel, Dataset, OriginKind, Sample } from '../core/dataset.ts';
import type { Edit } from '../core/edit.ts';
import { Cancelled, withPath, type Problem, type Result } from '../core/problem.ts';
import type { Inspection } from '../engine/contract.ts';
import type { DroppedFile } from '../formats/contract.ts';
import type { Content, UnfinishedPicture } from '../storage/contract.ts';
import { randomHex } from './class-id.ts';
import { collectPictures, inFolderOrder, type CollectedPicture } from './collect.ts';
import { DuplicateFinder } from './duplicates.ts';

/** Pictures of one transaction at most. */
const PICTURES_A_BATCH = 64;
/** So often what was looked at is added, and so shown. */
const BATCH_EVERY_MILLIS = 500;
/** Files sorted into classes at once: a longer list would hold up the page. */
const FILES_A_COLLECTION = 256;
/** Files looked at side by side: a GPU's whole batch, and enough to keep all workers busy while it runs. */
const FILES_AT_ONCE = 48;

/** The dataset that pictures come into. */
export interface TakesPictures {
  /** With pictures that are being written. */
  readonly latest: Dataset;
  readonly byId: ReadonlyMap<string, Sample>;
  /** Resolves once it is written. */
  add(
    adding: Edit | null,
    group: string,
    contents: readonly Content[],
    finished: readonly string[],
  ): Promise<void>;
  /** A time of arrival after every other. */
  nextArrivalMillis(): number;
}

export interface TakeInParts {
  /** Looks at a file, and makes its embedding on the way where there is a backbone. */
  readonly look: (file: File) => Promise<Result<Inspection>>;
  /** Whether files stay where they are for as long as this lives: they needn't be copied to be kept. */
  readonly filesStay: boolean;
  readonly versions: TakesPictures;
}

/** What comes in together, and is undone together. */
export interface Batch {
  readonly kind: OriginKind;
  readonly group: string;
}

export interface TakeInWatch {
  /** So many more files are settled; the last one's path. Called for each picture. */
  readonly onSettled: (count: number, path: string | null) => void;
  readonly signal: AbortSignal;
}

/** What came of a drop. */
export interface TakenIn {
  readonly addedCount: number;
  readonly newClasses: number;
  readonly problems: readonly Problem[];
  /** The class that pictures without a folder went to, and how many. */
  readonly loose: { readonly label: string; readonly count: number } | null;
  /** Pictures whose class was removed before they were in. */
  readonly classGoneCount: number;
}

/** A picture on its way. */
interface Arriving extends Omit<CollectedPicture, 'classId'> {
  /** Null for one that has no label. */
  readonly classId: string | null;
  /** Of one that an earlier version kept, to be crossed off there. */
  readonly unfinishedId?: string;
}

interface Inspected {
  readonly picture: Arriving;
  readonly outcome: Result<Inspection>;
}

/** A picture that can be used. */
interface Ready {
  readonly sample: Sample;
  readonly content: Content;
}

/**
 * Stages 1 to 3 of a drop: sorts files into classes, looks at each, and adds what can be used, in
 * batches of one transaction. Nothing is in the project that has not been looked at.
 *
 * Pictures are settled in the order in which they came, so that of two equal ones it is always the
 * later that is left out. A class comes with its first picture: a folder of which nothing can be used
 * is none.
 */
export class TakeIn {
  readonly #parts: TakeInParts;
  readonly #batch: Batch;
  readonly #watch: TakeInWatch;
  readonly #duplicates: DuplicateFinder;
  readonly #problems: Problem[] = [];
  /** Classes that come with their first picture, by id. */
  readonly #planned = new Map<string, ClassLabel>();
  readonly #pending: Promise<Inspected>[] = [];
  /** Ready and not added yet, or being written. */
  readonly #onTheirWay = new Map<string, Sample>();
  #ready: Ready[] = [];
  #finished: string[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  #addedAtMillis = performance.now();
  #addedCount = 0;
  #newClasses = 0;
  #classGoneCount = 0;

  constructor(parts: TakeInParts, batch: Batch, watch: TakeInWatch) {
    this.#parts = parts;
    this.#batch = batch;
    this.#watch = watch;
    this.#duplicates = new DuplicateFinder(parts.versions.latest.samples);
  }

  /**
   * @param intoClassId a class that takes all files, whatever their folders; null for none.
   * @param freeLabel for pictures without a folder.
   * @throws Cancelled where the signal aborts; what was added until then stays.
   */
  async files(
    files: readonly DroppedFile[],
    intoClassId: string | null,
    freeLabel: string,
  ): Promise<TakenIn> {
    const ordered = inFolderOrder(files);
    const known = new Map<string, ClassLabel>();
    let loose = null as TakenIn['loose'];
    const work = async (): Promise<void> => {
      for (let from = 0; from < ordered.length; from += FILES_A_COLLECTION) {
        await nextTask();
        const slice = ordered.slice(from, from + FILES_A_COLLECTION);
        const present = this.#classes();
        const collected = collectPictures(slice, present, known, intoClassId, freeLabel);
        for (const one of collected.newClasses) this.#planned.set(one.id, one);
        if (collected.loose)
          loose = { ...collected.loose, count: collected.loose.count + (loose?.count ?? 0) };
        for (const problem of collected.problems) this.#problems.push(problem);
        this.#watch.onSettled(slice.length - collected.pictures.length, null);
        await this.#inspectAll(collected.pictures);
      }
    };
    return { ...(await this.#finish(work)), loose };
  }

  /** Goes on with pictures that an earlier version kept before it had looked at them. */
  async unfinished(pictures: readonly UnfinishedPicture[]): Promise<TakenIn> {
    const arriving = pictures.map(({ id, file, name, classId, purpose }): Arriving => {
      const named = new File([file], name, { type: file.type });
      return { path: name, file: named, classId, purpose, archived: false, unfinishedId: id };
    });
    return this.#finish(() => this.#inspectAll(arriving));
  }

  async #finish(work: () => Promise<void>): Promise<TakenIn> {
    try {
      await work();
      while (this.#pending.length > 0) await this.#settleFirst();
    } finally {
      // Whatever ended it: what is ready is in, and nothing goes on behind.
      await Promise.allSettled(this.#pending);
      await this.#add();
      await this.#writing;
    }
    const { signal } = this.#watch;
    if (signal.aborted) throw new Cancelled();
    const [addedCount, newClasses] = [this.#addedCount, this.#newClasses];
    const classGoneCount = this.#classGoneCount;
    return { addedCount, newClasses, problems: this.#problems, loose: null, classGoneCount };
  }

  /** Those of the project, with those that come. */
  #classes(): readonly ClassLabel[] {
    return [...this.#parts.versions.latest.classes, ...this.#planned.values()];
  }

  async #inspectAll(pictures: readonly Arriving[]): Promise<void> {
    for (const picture of pictures) {
      if (this.#watch.signal.aborted) throw new Cancelled();
      if (this.#pending.length >= FILES_AT_ONCE) await this.#settleFirst();
      this.#pending.push(this.#inspect(picture));
    }
  }

  async #inspect(picture: Arriving): Promise<Inspected> {
    return { picture, outcome: await this.#parts.look(picture.file) };
  }

  async #settleFirst(): Promise<void> {
    const inspected = await this.#pending.shift();
    if (this.#watch.signal.aborted) throw new Cancelled();
    if (!inspected) return;
    const { picture, outcome } = inspected;
    if (outcome.ok) this.#accept(picture, outcome.value);
    else this.#problems.push(withPath(outcome.problem, picture.path));
    if (picture.unfinishedId !== undefined) this.#finished.push(picture.unfinishedId);
    this.#watch.onSettled(1, picture.path);
    const waitedMillis = performance.now() - this.#addedAtMillis;
    if (this.#ready.length >= PICTURES_A_BATCH || waitedMillis >= BATCH_EVERY_MILLIS)
      await this.#add();
  }

  #accept(picture: Arriving, inspection: Inspection): void {
    const { hash, widthPx, heightPx, thumbnail, content, converted } = inspection;
    const { versions } = this.#parts;
    const sample: Sample = {
      id: randomHex(12),
      hash,
      classId: picture.classId,
      purpose: picture.purpose,
      name: picture.file.name,
      origin: {
        kind: picture.archived ? 'archive' : this.#batch.kind,
        batch: this.#batch.group,
        path: picture.path,
        modifiedAtMillis: this.#knowsTime ? picture.file.lastModified : null,
      },
      widthPx,
      heightPx,
      addedAtMillis: versions.nextArrivalMillis(),
    };
    const stillThere = (id: string): Sample | undefined =>
      this.#onTheirWay.get(id) ?? versions.byId.get(id);
    const duplicate = this.#duplicates.find(sample, picture.path, this.#classes(), stillThere);
    if (duplicate) this.#problems.push(duplicate.problem);
    if (duplicate?.leftOut === true) return;
    this.#duplicates.add(sample);
    this.#onTheirWay.set(sample.id, sample);
    const file = this.#parts.filesStay && !converted ? picture.file : content;
    this.#ready.push({ sample, content: { hash, file, thumbnail } });
  }

  /** What is pasted or drawn is a file only here: its time says nothing. */
  get #knowsTime(): boolean {
    return this.#batch.kind !== 'pasted' && this.#batch.kind !== 'drawn';
  }

  /** Adds what is ready, while the next is looked at. Waits only for the batch before to be written. */
  async #add(): Promise<void> {
    await this.#writing;
    this.#addedAtMillis = performance.now();
    if (this.#watch.signal.aborted) return;
    const [{ placed, fresh }, finished] = [this.#place(this.#ready), this.#finished];
    [this.#ready, this.#finished] = [[], []];
    if (placed.length === 0 && finished.length === 0) return;
    const samples = placed.map(({ sample }) => sample);
    const { versions } = this.#parts;
    const edit = samples.length === 0 ? null : addingSamples(versions.latest, samples, fresh);
    const contents = placed.map(({ content }) => content);
    this.#addedCount += samples.length;
    this.#newClasses += fresh.length;
    this.#writing = versions.add(edit, this.#batch.group, contents, finished).then(() => {
      for (const { id } of samples) this.#onTheirWay.delete(id);
    });
  }

  /** The pictures whose class is there or comes now: one that was removed meanwhile takes its pictures along. */
  #place(ready: readonly Ready[]): { placed: readonly Ready[]; fresh: readonly ClassLabel[] } {
    const { classes } = this.#parts.versions.latest;
    const present = new Set(classes.map(({ id }) => id));
    const fresh: ClassLabel[] = [];
    const placed = ready.flatMap(({ sample, content }): Ready[] => {
      const planned = this.#planned.get(sample.classId ?? '');
      // A person may have made a class of that name meanwhile.
      const same = planned && classes.find(({ label }) => label === planned.label);
      if (same) return [{ sample: { ...sample, classId: same.id }, content }];
      if (planned && !fresh.includes(planned)) fresh.push(planned);
      if (planned || sample.classId === null || present.has(sample.classId))
        return [{ sample, content }];
      this.#onTheirWay.delete(sample.id);
      this.#classGoneCount += 1;
      return [];
    });
    for (const { id } of fresh) this.#planned.delete(id);
    return { placed, fresh };
  }
}
