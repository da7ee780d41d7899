import { nextTask } from '../../core/breathe.ts';
import type { Problem } from '../../core/problem.ts';
import type { ClassLabel } from '../../core/sample.ts';
import type { Engine } from '../../engine/contract.ts';
import type { DroppedFile } from '../../formats/contract.ts';
import type { Store } from '../../storage/contract.ts';
import type { Library } from '../library.svelte.ts';
import { collectPictures, inFolderOrder, type CollectedPicture } from './collect.ts';
import { inspectPictures } from './inspect.ts';
import { InspectionDesk } from './inspection-desk.ts';
import { keepPictures, PICTURES_A_TRANSACTION, type ArrivingPicture } from './keep.ts';

/** Files sorted into classes at once: a longer list would hold up the page. */
const FILES_A_COLLECTION = 4 * PICTURES_A_TRANSACTION;

export interface TakeInParts {
  readonly engine: Pick<Engine, 'inspect'>;
  readonly store: Pick<Store, 'readFile'>;
  readonly library: Library;
}

export interface TakeInWatch {
  /** So many more files are settled; the last one's path. Called for each picture. */
  readonly onSettled: (count: number, path: string | null) => void;
  /** What is decided shows in the library now. */
  readonly onFlush: () => void;
  readonly signal: AbortSignal;
}

/** What came of a drop. */
export interface TakenIn {
  readonly readyCount: number;
  readonly problems: readonly Problem[];
  readonly loose: { readonly label: string; readonly count: number } | null;
  /** Pictures that were not kept because their class was removed before. */
  readonly classGoneCount: number;
}

/**
 * Stages 1 to 3 of a drop: collect, keep, inspect. While one batch is being
 * inspected the next is being kept, so that soon nothing can be lost any more.
 *
 * @param freeLabel for pictures without a folder.
 * @throws Cancelled where the signal aborts; what was not looked at is removed again.
 */
export async function takeIn(
  files: readonly DroppedFile[],
  intoClassId: string | null,
  freeLabel: string,
  parts: TakeInParts,
  watch: TakeInWatch,
): Promise<TakenIn> {
  const { library } = parts;
  const ordered = inFolderOrder(files);
  const desk = new InspectionDesk(library);
  const problems: Problem[] = [];
  const inspection = new Inspecting(desk, parts, watch);
  const created = new Set<ClassLabel>();
  const known = new Map<string, ClassLabel>();
  let classGoneCount = 0;
  let loose = null as TakenIn['loose'];
  for (let from = 0; from < ordered.length && !watch.signal.aborted; from += FILES_A_COLLECTION) {
    await nextTask();
    const slice = ordered.slice(from, from + FILES_A_COLLECTION);
    const collection = collectPictures(slice, library.classes, known, intoClassId, freeLabel);
    const { newClasses } = collection;
    if (newClasses.length > 0) library.classes = [...library.classes, ...newClasses];
    for (const one of newClasses) created.add(one);
    if (collection.loose)
      loose = { ...collection.loose, count: collection.loose.count + (loose?.count ?? 0) };
    problems.push(...collection.problems);
    watch.onSettled(slice.length - collection.pictures.length, null);
    const kept = await keepAll(collection.pictures, parts, watch, inspection);
    problems.push(...kept.problems);
    classGoneCount += kept.classGoneCount;
  }
  try {
    await inspection.finish();
  } finally {
    removeEmpty(created, library);
  }
  return {
    readyCount: desk.readyCount,
    problems: [...problems, ...desk.problems],
    loose,
    classGoneCount,
  };
}

/** A folder of which nothing could be used is no class, unless it was given a name meanwhile. */
function removeEmpty(created: ReadonlySet<ClassLabel>, library: Library): void {
  const isEmpty = (one: ClassLabel): boolean =>
    created.has(one) && (library.byClass.get(one.id) ?? []).length === 0;
  const remaining = library.classes.filter((one) => !isEmpty(one));
  if (remaining.length < library.classes.length) library.classes = remaining;
}

/** Stage 3 alone, for pictures that were kept and not looked at when the tab was closed. */
export async function resumeInspection(
  pictures: readonly ArrivingPicture[],
  parts: TakeInParts,
  watch: TakeInWatch,
): Promise<TakenIn> {
  const desk = new InspectionDesk(parts.library);
  const inspection = new Inspecting(desk, parts, watch);
  inspection.add(pictures);
  await inspection.finish();
  return { readyCount: desk.readyCount, problems: desk.problems, loose: null, classGoneCount: 0 };
}

async function keepAll(
  pictures: readonly CollectedPicture[],
  { library }: TakeInParts,
  watch: TakeInWatch,
  inspection: Inspecting,
): Promise<Pick<TakenIn, 'problems' | 'classGoneCount'>> {
  const problems: Problem[] = [];
  let classGoneCount = 0;
  for (
    let from = 0;
    from < pictures.length && !watch.signal.aborted;
    from += PICTURES_A_TRANSACTION
  ) {
    const batch = pictures.slice(from, from + PICTURES_A_TRANSACTION);
    // A class can be removed while its pictures are still coming: before they are kept, or just then.
    const wanted = batch.filter(({ classId }) => library.byClass.has(classId));
    const kept = await keepPictures(
      wanted,
      () => library.nextArrivalMillis(),
      (pictures) => library.add(pictures),
    );
    const arrived = kept.arrived.filter(({ sample }) => library.byId.has(sample.id));
    classGoneCount += batch.length - wanted.length + kept.arrived.length - arrived.length;
    problems.push(...kept.problems);
    watch.onSettled(batch.length - arrived.length, null);
    inspection.add(arrived);
  }
  return { problems, classGoneCount };
}

/** Inspects batches one after another, beside the keeping of the next. */
class Inspecting {
  readonly #desk: InspectionDesk;
  readonly #parts: TakeInParts;
  readonly #watch: TakeInWatch;
  readonly #waiting = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  constructor(desk: InspectionDesk, parts: TakeInParts, watch: TakeInWatch) {
    this.#desk = desk;
    this.#parts = parts;
    this.#watch = watch;
  }

  add(pictures: readonly ArrivingPicture[]): void {
    for (const { sample } of pictures) this.#waiting.add(sample.id);
    this.#work = this.#work.then(async () => {
      if (!this.#failure) await this.#inspect(pictures);
    });
  }

  async #inspect(pictures: readonly ArrivingPicture[]): Promise<void> {
    const { engine, store } = this.#parts;
    let flushedAt = performance.now();
    try {
      await inspectPictures(
        pictures,
        engine,
        store,
        (inspected) => {
          this.#waiting.delete(inspected.picture.sample.id);
          this.#desk.decide(inspected);
          this.#watch.onSettled(1, inspected.picture.path);
          if (performance.now() - flushedAt < FLUSH_EVERY_MILLIS) return;
          flushedAt = performance.now();
          this.#flush();
        },
        this.#watch.signal,
      );
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#flush();
    }
  }

  #flush(): void {
    this.#desk.flush();
    this.#watch.onFlush();
  }

  /** @throws what ended it before its time. */
  async finish(): Promise<void> {
    await this.#work;
    // Who cancels wants neither these; after a failure they stay, to be looked at another time.
    if (this.#watch.signal.aborted) this.#parts.library.remove([...this.#waiting]);
    if (this.#failure) throw this.#failure.error;
  }
}

const FLUSH_EVERY_MILLIS = 250;
