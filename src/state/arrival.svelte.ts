import type { OriginKind } from '../core/dataset.ts';
import { isDoubt, type Problem } from '../core/problem.ts';
import { PaceMeter, type Pace } from '../core/progress.ts';
import type { Engine } from '../engine/contract.ts';
import type { DroppedFile, Formats, ImportedClassifier } from '../formats/contract.ts';
import type { ProjectStore, UnfinishedPicture } from '../storage/contract.ts';
import { randomHex } from '../pipeline/class-id.ts';
import { frameFile } from './camera-frame.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Notices } from './notices.svelte.ts';
import type { TakeIn, TakeInParts, TakenIn, TakeInWatch } from '../pipeline/take-in.ts';
import { Throttle } from './throttle.ts';
import type { Versions } from './versions.svelte.ts';

export interface ArrivalParts {
  readonly engine: Pick<Engine, 'encodeFrame'>;
  /** @param urgent goes before the files that wait. */
  readonly look: (file: File, urgent?: boolean) => ReturnType<TakeInParts['look']>;
  readonly filesStay: TakeInParts['filesStay'];
  readonly store: Pick<ProjectStore, 'persist'>;
  readonly formats: Pick<Formats, 'readDrop'>;
  readonly versions: Versions;
  readonly notices: Notices;
  readonly freeLabel: () => string;
  readonly onClassifier: (classifier: ImportedClassifier) => Promise<void>;
  readonly onBackbone: (files: readonly File[]) => Promise<unknown>;
  /** Not waited for: another project ends what arrives in this one. */
  readonly onProject: (file: File) => void;
  /** Something that was under way is in, or has ended. */
  readonly onSettled: () => void;
}

const SAMPLE_SET_SEED = 1;

/** What came in one go: its pictures share the group, and end with its signal. */
interface Drop {
  readonly group: string;
  readonly kind: OriginKind;
  readonly signal: AbortSignal;
}

/** Files on their way in: one drop after another; camera frames beside them. */
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
  #underWay: readonly { readonly group: string; readonly abort: AbortController }[] = [];
  #drops: Promise<void> = Promise.resolve();
  #frames: Promise<void> = Promise.resolve();
  #dropCount = 0;
  #persistAsked = false;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running;
  }
  /** Whether anything is, camera frames included. Nothing follows it. */
  get underWay(): boolean {
    return this.#underWay.length > 0;
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
  addFiles(
    files: readonly DroppedFile[],
    intoClassId?: string,
    kind: OriginKind = 'files',
  ): Promise<void> {
    return this.#enqueue(kind, (drop) => this.#addDrop(files, intoClassId ?? null, drop));
  }

  /** A small labelled set, drawn here, to see the whole journey with. */
  addSampleSet(): Promise<void> {
    return this.#enqueue('drawn', async (drop) => {
      const { drawSampleSet } = await import('../core/sample-set.ts');
      const files = drawSampleSet(SAMPLE_SET_SEED).map(({ path, svg }) => ({
        path,
        file: new File([svg], path.slice(path.lastIndexOf('/') + 1), { type: 'image/svg+xml' }),
      }));
      await this.#addPictures(files, [], null, drop);
    });
  }

  /** @returns what its frames share: one undo takes back a whole recording. */
  beginRecording(): string {
    return randomHex(8);
  }

  /** A camera frame into a class. The bitmap is closed. It doesn't wait for what is being dropped. */
  async addFrame(
    bitmap: ImageBitmap,
    classId: string,
    group: string = this.beginRecording(),
  ): Promise<void> {
    const file = frameFile(await this.#parts.engine.encodeFrame(bitmap));
    this.#frames = this.#guard(this.#frames, { group, kind: 'recording' }, async (drop) => {
      const watch = { onSettled: () => undefined, signal: drop.signal };
      const urgently = (one: File) => this.#parts.look(one, true);
      const frames = await this.#takeIn(drop, watch, urgently);
      const taken = await frames.files([{ path: file.name, file }], classId, '');
      this.#tellLeftOut(taken.problems, 1);
    });
    return this.#frames;
  }

  /** Goes on with pictures that an earlier version kept before it had looked at them. */
  resume(pictures: readonly UnfinishedPicture[]): Promise<void> {
    if (pictures.length === 0) return Promise.resolve();
    return this.#enqueue('files', async (drop) => {
      this.#parts.notices.say({ key: 'arrival-resumed', count: pictures.length });
      const watch = this.#watch(pictures.length, drop.signal);
      const takeIn = await this.#takeIn(drop, watch);
      const taken = await takeIn.unfinished(pictures);
      this.#tellLeftOut(taken.problems, pictures.length);
    });
  }

  /** Ends what is under way; files that were not looked at yet are not added. */
  cancel(): void {
    for (const { abort } of this.#underWay) abort.abort();
  }

  /** Ends what is under way of one group: it is about to be undone. */
  cancelGroup(group: string): void {
    for (const one of this.#underWay) if (one.group === group) one.abort.abort();
  }

  /** Resolves when everything that was dropped so far is in. */
  async settled(): Promise<void> {
    await Promise.all([this.#drops, this.#frames]);
  }

  #enqueue(kind: OriginKind, task: (drop: Drop) => Promise<unknown>): Promise<void> {
    this.#begin();
    this.#drops = this.#guard(this.#drops, { group: randomHex(8), kind }, task).finally(() => {
      this.#end();
    });
    return this.#drops;
  }

  /** Does a task after the one before, and says what goes wrong. */
  async #guard(
    before: Promise<void>,
    { group, kind }: Omit<Drop, 'signal'>,
    task: (drop: Drop) => Promise<unknown>,
  ): Promise<void> {
    const one = { group, abort: new AbortController() };
    const { signal } = one.abort;
    this.#underWay = [...this.#underWay, one];
    await before;
    try {
      if (!signal.aborted) await task({ group, kind, signal });
    } catch (error) {
      if (!isCancelled(error, signal)) this.#parts.notices.addProblem(engineProblem(error));
    } finally {
      this.#underWay = this.#underWay.filter((other) => other !== one);
      this.#parts.onSettled();
    }
  }

  #begin(): void {
    this.#dropCount += 1;
    if (this.#dropCount > 1) return;
    this.#running = true;
    [this.#doneCount, this.#totalCount, this.#path] = [0, 0, null];
    this.#meter = new PaceMeter(0, performance.now());
    this.#throttle.call();
  }

  #end(): void {
    this.#dropCount -= 1;
    this.#running = this.#dropCount > 0;
    this.#throttle.flush();
  }

  async #addDrop(
    files: readonly DroppedFile[],
    intoClassId: string | null,
    drop: Drop,
  ): Promise<void> {
    const read = await this.#parts.formats.readDrop(files, drop.signal);
    if (!read.ok) this.#parts.notices.addProblem(read.problem);
    else if (read.value.kind === 'classifier')
      await this.#parts.onClassifier(read.value.classifier);
    else if (read.value.kind === 'project') this.#parts.onProject(read.value.file);
    else if (read.value.kind === 'backbone') await this.#parts.onBackbone(read.value.files);
    else await this.#addPictures(read.value.files, read.value.problems, intoClassId, drop);
  }

  async #addPictures(
    files: readonly DroppedFile[],
    problems: readonly Problem[],
    intoClassId: string | null,
    drop: Drop,
  ): Promise<void> {
    const { notices, freeLabel } = this.#parts;
    const watch = this.#watch(files.length, drop.signal);
    const takeIn = await this.#takeIn(drop, watch);
    const taken = await takeIn.files(files, intoClassId, freeLabel());
    this.#tellLeftOut([...problems, ...taken.problems], files.length + problems.length);
    if (taken.classGoneCount > 0) notices.say({ key: 'class-gone', count: taken.classGoneCount });
    if (taken.loose) notices.say({ key: 'pictures-without-folder', ...taken.loose });
    this.#tellAdded(taken, drop.group);
  }

  async #takeIn(
    drop: Drop,
    watch: TakeInWatch,
    look: TakeInParts['look'] = (file) => this.#parts.look(file),
  ): Promise<TakeIn> {
    const take = await import('../pipeline/take-in.ts');
    return new take.TakeIn({ ...this.#parts, look }, drop, watch);
  }

  #tellAdded({ addedCount, newClasses }: TakenIn, group: string): void {
    const { notices, store } = this.#parts;
    if (addedCount === 0) return;
    notices.say({ key: 'pictures-added', count: addedCount, classes: newClasses }, group);
    if (!this.#persistAsked) void store.persist();
    this.#persistAsked = true;
  }

  #watch(count: number, signal: AbortSignal): TakeInWatch {
    this.#totalCount += count;
    this.#meter.resize(this.#totalCount);
    const onSettled = (settled: number, path: string | null): void => {
      this.#doneCount += settled;
      this.#path = path ?? this.#path;
      this.#throttle.call();
    };
    return { onSettled, signal };
  }

  #tellLeftOut(problems: readonly Problem[], total: number): void {
    const { notices } = this.#parts;
    const doubts = problems.filter(isDoubt);
    const leftOut = problems.filter((problem) => !isDoubt(problem));
    if (doubts.length > 0) notices.add({ kind: 'warning', problems: doubts, kept: true });
    if (leftOut.length > 0) notices.add({ kind: 'warning', problems: leftOut, total });
  }
}
