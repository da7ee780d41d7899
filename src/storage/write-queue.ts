import { at } from '../core/at.ts';
import { failed, type Problem, type Result } from '../core/problem.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { Change, Content, Disk, KeptIn, SavedBackbone } from './contract.ts';

/** A write of which nothing can be left out, and that nothing is written together with. */
export interface SingleWrite {
  /** Null for what belongs to no project. */
  readonly projectId: string | null;
  readonly write: (disk: Disk) => Promise<Result<void>>;
  /** Where it is one that is saved. */
  readonly backbone?: SavedBackbone;
}

export type PendingWrite = Change | SingleWrite;

export interface WriteQueueParts {
  readonly disk: Disk;
  /** Whether what is done in a project must not be written (any more). */
  readonly isHeldBack: (projectId: string) => boolean;
  /** Until the first try after a refusal; each further one waits twice as long, up to a minute. */
  readonly retryMillis: number;
  readonly onRefused: (problem: Problem) => void;
  /** Nothing waits any more that was refused. */
  readonly onSettled: () => void;
  readonly onUnreadable: (projectId: string, hashes: readonly Sha256[]) => void;
}

interface Entry {
  readonly pending: PendingWrite;
  readonly told: (where: KeptIn) => void;
}

const LONGEST_WAIT_MILLIS = 60_000;

/** Contents in one transaction, where several changes are written together. */
const MOST_TOGETHER = 128;

/**
 * Writes in the order in which they came: each leaves only when the disk has taken it. What the
 * disk refuses stays at the head, and what follows waits behind it, so that what is on disk is
 * always what a project was at some moment.
 */
export class WriteQueue {
  readonly #parts: WriteQueueParts;
  #entries: Entry[] = [];
  /** Of the entries, by hash. */
  readonly #contents = new Map<Sha256, Content>();
  #running: Promise<void> | null = null;
  #problem: Problem | null = null;
  #refusals = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: WriteQueueParts) {
    this.#parts = parts;
  }

  get length(): number {
    return this.#entries.length;
  }
  /** Why the head waits; null where nothing was refused. */
  get problem(): Problem | null {
    return this.#problem;
  }
  get pending(): readonly PendingWrite[] {
    return this.#entries.map(({ pending }) => pending);
  }

  isWaiting(projectId: string): boolean {
    return this.#entries.some(({ pending }) => pending.projectId === projectId);
  }

  /** Of the contents that the disk may not have yet. */
  get hashes(): Iterable<Sha256> {
    return this.#contents.keys();
  }

  /** A content that the disk may not have yet. */
  content(hash: Sha256): Content | undefined {
    return this.#contents.get(hash);
  }

  add(pending: PendingWrite): Promise<KeptIn> {
    return new Promise((told) => {
      this.#entries.push({ pending, told });
      for (const content of contentsOf(pending)) this.#contents.set(content.hash, content);
      if (this.#problem || this.#isHeldBack(pending)) told('memory');
      if (!this.#problem) void this.#start();
    });
  }

  /** Gives up what waits of a project. */
  drop(projectId: string): void {
    this.#leave(this.#entries.filter(({ pending }) => pending.projectId === projectId));
  }

  /** Tries once more what was refused, also where a try that is under way has just begun: it may be refused yet. */
  async retry(): Promise<void> {
    await this.#running;
    clearTimeout(this.#timer);
    await this.#start();
  }

  /** Resolves when nothing is being written: all is on disk, refused or held back. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    // Begins once it is known to be running, and is over in the step in which it finds nothing more:
    // what is added then starts another.
    await Promise.resolve();
    try {
      if (this.#problem) this.#makeRoom();
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
        const outcome = await this.#write(batch);
        if (outcome.ok) {
          this.#leave(batch);
          for (const { told } of batch) told('disk');
        } else if (!(await this.#leftOut(batch, outcome.problem))) {
          this.#refuse(outcome.problem);
          return;
        }
      }
      if (!this.#problem) return;
      [this.#problem, this.#refusals] = [null, 0];
      this.#parts.onSettled();
    } finally {
      this.#running = null;
    }
  }

  /** The first that may be written, with the changes of the same project right behind it. */
  #next(): readonly Entry[] {
    const from = this.#entries.findIndex(({ pending }) => !this.#isHeldBack(pending));
    const batch: Entry[] = [];
    let contents = 0;
    for (let index = from; index >= 0 && index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      if (!entry) break;
      const { pending } = entry;
      contents += contentsOf(pending).length;
      const fits = contents <= MOST_TOGETHER && pending.projectId === batch[0]?.pending.projectId;
      if (batch.length > 0 && !(isChange(pending) && !isForgetting(pending) && fits)) break;
      batch.push(entry);
      if (!isChange(pending) || isForgetting(pending)) break;
    }
    return batch;
  }

  async #write(batch: readonly Entry[]): Promise<Result<void>> {
    const { disk } = this.#parts;
    try {
      const changes = batch.map(({ pending }) => pending).filter(isChange);
      const [first] = batch;
      return await (first && !isChange(first.pending)
        ? first.pending.write(disk)
        : disk.commit(changes));
    } catch (error) {
      return failed({ code: 'storage-refused', reason: String(error) });
    }
  }

  /**
   * A history that is let go makes room, and must not wait behind what found none: it goes first,
   * with the pictures that the disk has. Those that it refused follow, some at a time. What only the
   * history needed is not written any more.
   */
  #makeRoom(): void {
    const lastIndex = this.#entries.findLastIndex(({ pending }) => isForgetting(pending));
    const last = this.#entries[lastIndex];
    if (!last) return;
    const { projectId } = last.pending;
    const own = this.#entries
      .slice(0, lastIndex + 1)
      .filter(({ pending }) => pending.projectId === projectId);
    // The disk may not even have the project.
    if (!own.every(({ pending }) => isChange(pending))) return;
    const instead = inParts(own.map(({ pending }) => pending).filter(isChange));
    this.#leave(own);
    const entries = instead.map((pending) => ({ pending, told: last.told }));
    this.#entries = [...entries, ...this.#entries];
    for (const { contents } of instead)
      for (const content of contents) this.#contents.set(content.hash, content);
  }

  #refuse(problem: Problem): void {
    this.#problem = problem;
    for (const { told } of this.#entries) told('memory');
    const { retryMillis } = this.#parts;
    const waitMillis = Math.min(LONGEST_WAIT_MILLIS, retryMillis * 2 ** this.#refusals);
    this.#refusals += 1;
    this.#timer = setTimeout(() => void this.#start(), waitMillis);
    this.#parts.onRefused(problem);
  }

  #leave(leaving: readonly Entry[]): void {
    const gone = new Set(leaving);
    this.#entries = this.#entries.filter((entry) => !gone.has(entry));
    for (const { pending } of leaving)
      for (const content of contentsOf(pending))
        if (this.#contents.get(content.hash) === content) this.#contents.delete(content.hash);
  }

  /**
   * A file that went away before it could be copied must not keep everything else from the disk.
   *
   * @returns whether there was one among these, so that they are worth another try without it.
   */
  async #leftOut(batch: readonly Entry[], problem: Problem): Promise<boolean> {
    if (problem.code !== 'file-unreadable') return false;
    let found = false;
    for (const entry of batch) {
      const { pending } = entry;
      if (!isChange(pending)) {
        this.#leave([entry]);
        entry.told('memory');
        this.#parts.onRefused(problem);
        return true;
      }
      const contents: Content[] = [];
      for (const content of pending.contents) if (await isReadable(content)) contents.push(content);
      if (contents.length === pending.contents.length) continue;
      found = true;
      this.#replace(entry, { ...pending, contents });
      const lost = pending.contents.filter((content) => !contents.includes(content));
      this.#parts.onUnreadable(
        pending.projectId,
        lost.map(({ hash }) => hash),
      );
    }
    return found;
  }

  #replace(entry: Entry, pending: PendingWrite): void {
    for (const { hash } of contentsOf(entry.pending)) this.#contents.delete(hash);
    for (const content of contentsOf(pending)) this.#contents.set(content.hash, content);
    this.#entries = this.#entries.map((one) => (one === entry ? { ...entry, pending } : one));
  }

  #isHeldBack({ projectId }: PendingWrite): boolean {
    return projectId !== null && this.#parts.isHeldBack(projectId);
  }
}

function isChange(pending: PendingWrite): pending is Change {
  return 'after' in pending;
}

function isForgetting(pending: PendingWrite): boolean {
  return isChange(pending) && pending.step?.kind === 'forget';
}

/**
 * Changes of which the last lets the history go, as others that come to the same. The first brings
 * no content: the dataset without the pictures that come with the following ones.
 */
function inParts(changes: readonly Change[]): readonly Change[] {
  const last = at(changes, changes.length - 1);
  const { dataset, history } = last.after;
  const needed = new Set(dataset.samples.map(({ hash }) => hash));
  const all = new Map(changes.flatMap(({ contents }) => contents).map((one) => [one.hash, one]));
  const contents = [...all.values()].filter(({ hash }) => needed.has(hash));
  const classifier = changes.findLast((one) => one.classifier !== undefined)?.classifier;
  const parts: Change[] = [];
  for (let from = 0; ; from += MOST_TOGETHER) {
    const missing = new Set(contents.slice(from).map(({ hash }) => hash));
    const samples = dataset.samples.filter(({ hash }) => !missing.has(hash));
    const isWhole = missing.size === 0;
    parts.push({
      ...last,
      after: isWhole ? last.after : { dataset: { ...dataset, samples }, history },
      contents: contents.slice(from === 0 ? 0 : from - MOST_TOGETHER, from),
      finished: isWhole ? changes.flatMap(({ finished = [] }) => finished) : [],
      ...(isWhole && classifier !== undefined ? { classifier } : {}),
    });
    if (isWhole) return parts;
  }
}

function contentsOf(pending: PendingWrite): readonly Content[] {
  return isChange(pending) ? pending.contents : [];
}

async function isReadable({ file, thumbnail }: Content): Promise<boolean> {
  try {
    const blobs = [file, thumbnail].filter((each) => each instanceof Blob);
    await Promise.all(blobs.map((blob) => blob.slice(0, 1).arrayBuffer()));
    return true;
  } catch {
    return false;
  }
}
