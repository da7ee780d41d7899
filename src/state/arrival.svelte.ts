import { isDoubt, type Problem } from '../core/problem.ts';
import { PaceMeter, type Pace } from '../core/progress.ts';
import { drawSampleSet } from '../core/sample-set.ts';
import type { Engine } from '../engine/contract.ts';
import type { DroppedFile, Formats, ImportedClassifier } from '../formats/contract.ts';
import type { Store } from '../storage/contract.ts';
import { engineProblem, isCancelled } from './failure.ts';
import { frameFile } from './frame-file.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { resumeInspection, takeIn, type TakeInWatch, type TakenIn } from './pipeline/take-in.ts';
import { Throttle } from './throttle.ts';

export interface ArrivalParts {
  readonly engine: Pick<Engine, 'inspect' | 'encodeFrame'>;
  readonly store: Pick<Store, 'readFile' | 'persist'>;
  readonly formats: Pick<Formats, 'readDrop'>;
  readonly library: Library;
  readonly notices: Notices;
  readonly freeLabel: () => string;
  /** Pictures have become ready. */
  readonly onReady: () => void;
  readonly onClassifier: (classifier: ImportedClassifier) => Promise<void>;
  readonly onBackbone: (files: readonly File[]) => Promise<unknown>;
}

const SAMPLE_SET_SEED = 1;

/**
 * Files on their way in: one drop after another, each file kept before it is looked at. Camera frames
 * go in beside them, one after another too: whoever records doesn't wait for a drop.
 */
export class Arrival {
  #running = $state(false);
  #pace = $state.raw<Pace | null>(null);
  #current = $state<string | null>(null);
  readonly #parts: ArrivalParts;
  readonly #throttle = new Throttle(() => {
    this.#meter.report(this.#doneCount, performance.now());
    this.#pace = this.#meter.read(performance.now());
    this.#current = this.#path;
  });
  #meter = new PaceMeter(0, 0);
  #path: string | null = null;
  #doneCount = 0;
  #totalCount = 0;
  #abort = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #frames: Promise<void> = Promise.resolve();
  #drops = 0;
  #persistAsked = false;

  constructor(parts: ArrivalParts) {
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
  /** Files a second. */
  get rate(): number {
    return this.#pace?.perSecond ?? 0;
  }
  get secondsLeft(): number | null {
    const millis = this.#pace?.millisLeft ?? null;
    return millis === null ? null : millis / 1000;
  }
  /** The path of the file that was looked at last. Hostile text. */
  get current(): string | null {
    return this.#current;
  }

  /** Pictures, folders, archives, classifiers, backbones: finds out which. */
  addFiles(files: readonly DroppedFile[], intoClassId?: string): Promise<void> {
    return this.#enqueue((signal) => this.#addDrop(files, intoClassId ?? null, signal));
  }

  /** A small labelled set, drawn here, to see the whole journey with. */
  addSampleSet(): Promise<void> {
    const files = drawSampleSet(SAMPLE_SET_SEED).map(({ path, svg }) => ({
      path,
      file: new File([svg], path.slice(path.lastIndexOf('/') + 1), { type: 'image/svg+xml' }),
    }));
    return this.#enqueue((signal) => this.#addPictures(files, [], null, files.length, signal));
  }

  /**
   * A camera frame into a class; where that is removed before the frame is in, the frame goes with it.
   * The bitmap is closed.
   */
  async addFrame(bitmap: ImageBitmap, classId: string): Promise<void> {
    const file = frameFile(await this.#parts.engine.encodeFrame(bitmap));
    const frames = [{ path: file.name, file }];
    // No part of the drop that is counted and may be cancelled. Nothing is said either: ten a second.
    const watch = {
      onSettled: () => undefined,
      onFlush: this.#parts.onReady,
      signal: new AbortController().signal,
    };
    this.#frames = this.#frames.then(async () => {
      try {
        await takeIn(frames, classId, '', this.#parts, watch);
      } catch (error) {
        this.#parts.notices.addProblem(engineProblem(error));
      }
    });
    await this.#frames;
  }

  /** Goes on with pictures that were kept and never looked at. */
  resume(): Promise<void> {
    return this.#enqueue(async (signal) => {
      const arriving = this.#parts.library.samples.filter(({ state }) => state === 'arriving');
      if (arriving.length === 0) return;
      const pictures = arriving.map((sample) => ({ sample, path: sample.name }));
      this.#parts.notices.say({ key: 'arrival-resumed', count: pictures.length });
      const taken = await this.#run(
        (watch) => resumeInspection(pictures, this.#parts, watch),
        pictures.length,
        signal,
      );
      this.#tellLeftOut(taken.problems, pictures.length);
    });
  }

  /** Ends what is under way; files that were not looked at yet are not added. */
  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Resolves when everything that was dropped or recorded so far is in. */
  async settled(): Promise<void> {
    await Promise.all([this.#tail, this.#frames]);
  }

  #enqueue(task: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const { signal } = this.#abort;
    this.#begin();
    this.#tail = this.#tail.then(async () => {
      try {
        if (!signal.aborted) await task(signal);
      } catch (error) {
        if (!isCancelled(error, signal)) this.#parts.notices.addProblem(engineProblem(error));
      } finally {
        this.#end();
      }
    });
    return this.#tail;
  }

  #begin(): void {
    this.#drops += 1;
    if (this.#drops > 1) return;
    this.#running = true;
    [this.#doneCount, this.#totalCount, this.#path] = [0, 0, null];
    this.#meter = new PaceMeter(0, performance.now());
    this.#throttle.call();
  }

  #end(): void {
    this.#drops -= 1;
    this.#running = this.#drops > 0;
    this.#throttle.flush();
  }

  async #addDrop(
    files: readonly DroppedFile[],
    intoClassId: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const read = await this.#parts.formats.readDrop(files, signal);
    if (!read.ok) this.#parts.notices.addProblem(read.problem);
    else if (read.value.kind === 'classifier')
      await this.#parts.onClassifier(read.value.classifier);
    else if (read.value.kind === 'backbone') await this.#parts.onBackbone(read.value.files);
    else {
      const { files: pictures, problems } = read.value;
      await this.#addPictures(
        pictures,
        problems,
        intoClassId,
        pictures.length + problems.length,
        signal,
      );
    }
  }

  async #addPictures(
    files: readonly DroppedFile[],
    problems: readonly Problem[],
    intoClassId: string | null,
    total: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { library, notices } = this.#parts;
    const classCount = library.classes.length;
    const work = (watch: TakeInWatch): Promise<TakenIn> =>
      takeIn(files, intoClassId, this.#parts.freeLabel(), this.#parts, watch);
    const taken = await this.#run(work, files.length, signal);
    this.#tellLeftOut([...problems, ...taken.problems], total);
    if (taken.classGoneCount > 0) notices.say({ key: 'class-gone', count: taken.classGoneCount });
    if (taken.loose) notices.say({ key: 'pictures-without-folder', ...taken.loose });
    if (taken.readyCount === 0) return;
    notices.say({
      key: 'pictures-added',
      count: taken.readyCount,
      classes: library.classes.length - classCount,
    });
    if (!this.#persistAsked) void this.#parts.store.persist();
    this.#persistAsked = true;
  }

  #run(
    work: (watch: TakeInWatch) => Promise<TakenIn>,
    count: number,
    signal: AbortSignal,
  ): Promise<TakenIn> {
    this.#totalCount += count;
    this.#meter.resize(this.#totalCount);
    const onSettled = (settled: number, path: string | null): void => {
      this.#doneCount += settled;
      this.#path = path ?? this.#path;
      this.#throttle.call();
    };
    return work({ onSettled, onFlush: this.#parts.onReady, signal });
  }

  #tellLeftOut(problems: readonly Problem[], total: number): void {
    const { notices } = this.#parts;
    const doubts = problems.filter(isDoubt);
    const leftOut = problems.filter((problem) => !isDoubt(problem));
    if (doubts.length > 0) notices.add({ kind: 'warning', problems: doubts, kept: true });
    if (leftOut.length > 0) notices.add({ kind: 'warning', problems: leftOut, total });
  }
}
