import { failed, ok, type Problem, type Result } from '../core/problem.ts';
import type { Dataset, Sha256 } from '../core/dataset.ts';
import { asBlob } from './kept-blob.ts';
import type { Writing } from './one-writer.ts';
import type {
  Change,
  Disk,
  DuplicateAs,
  FoundContent,
  KeptIn,
  NewProject,
  OpenedProject,
  ProjectStore,
  ProjectSummary,
  Removable,
  SavedBackbone,
  StoreEvent,
} from './contract.ts';
import { newestFirst } from './summary.ts';
import { WriteQueue, type SingleWrite } from './write-queue.ts';

export interface PendingWritesOptions {
  /** Claims the right to write a project; by default there is nobody else. */
  readonly claim?: (projectId: string, onLost: () => void) => Promise<Writing>;
  /** Whether the disk is memory itself. */
  readonly inMemory?: boolean;
  /** Until the first try after a refusal. */
  readonly retryMillis?: number;
}

const RETRY_MILLIS = 5000;

/** Contents that are read before they are asked for. */
const READ_AHEAD = 8;

const ALONE: Writing = {
  held: true,
  steal: () => Promise.resolve(),
  release: () => undefined,
};

/** A store that never refuses: a {@link WriteQueue} in front of the disk, and reads that see what waits in it. */
export class PendingWrites implements ProjectStore {
  readonly #disk: Disk;
  readonly #options: PendingWritesOptions;
  readonly #queue: WriteQueue;
  readonly #claims = new Map<string, Promise<Writing>>();
  /** Projects that another tab writes. */
  readonly #elsewhere = new Set<string>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #told: StoreEvent[] = [];
  #reported = false;

  constructor(disk: Disk, options: PendingWritesOptions = {}) {
    this.#disk = disk;
    this.#options = options;
    this.#queue = new WriteQueue({
      disk,
      isHeldBack: (projectId) => this.#elsewhere.has(projectId),
      retryMillis: options.retryMillis ?? RETRY_MILLIS,
      onRefused: (problem) => this.report(problem),
      onSettled: () => {
        this.#reported = false;
        this.#tell({ kind: 'settled' });
      },
      onUnreadable: (projectId, hashes) => this.#tell({ kind: 'unreadable', projectId, hashes }),
    });
  }

  get place(): KeptIn {
    const isDisk = !this.#options.inMemory && !this.#queue.problem && this.#elsewhere.size === 0;
    return isDisk ? 'disk' : 'memory';
  }
  get waiting(): number {
    return this.#queue.length;
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    for (const event of this.#told) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says what the disk refuses, the first time until it settles. */
  report(problem: Problem): void {
    if (!this.#reported) this.#tell({ kind: 'problem', problem });
    this.#reported = true;
  }

  #tell(event: StoreEvent): void {
    this.#told.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  async open(projectId: string): Promise<Result<OpenedProject>> {
    const { held } = await this.#claim(projectId);
    if (!held && !this.#elsewhere.has(projectId)) {
      this.#elsewhere.add(projectId);
      this.#tell({ kind: 'open-elsewhere', projectId });
    }
    await this.settled();
    const { disk } = this.#queue.isWaiting(projectId) ? await this.#asItWillBe() : this.#now();
    return disk.open(projectId);
  }

  async close(projectId: string): Promise<void> {
    await this.settled();
    const claim = this.#claims.get(projectId);
    // What waits must not be overtaken by another tab.
    if (!claim || this.#queue.isWaiting(projectId)) return;
    this.#claims.delete(projectId);
    this.#elsewhere.delete(projectId);
    (await claim).release();
  }

  async takeOver(projectId: string): Promise<void> {
    const writing = await this.#claim(projectId);
    await writing.steal();
  }

  #claim(projectId: string): Promise<Writing> {
    const claimed = this.#claims.get(projectId);
    if (claimed) return claimed;
    const onLost = (): void => {
      this.#elsewhere.add(projectId);
      this.#tell({ kind: 'taken-over', projectId });
    };
    const claim = this.#options.claim?.(projectId, onLost) ?? Promise.resolve(ALONE);
    this.#claims.set(projectId, claim);
    return claim;
  }

  async create(project: NewProject): Promise<KeptIn> {
    void this.#claim(project.id);
    return this.#add({ projectId: project.id, write: (disk) => disk.create(project) });
  }

  async save(change: Change): Promise<KeptIn> {
    const kept = await this.#add(change);
    if (change.step?.kind !== 'forget' || !this.#queue.problem) return kept;
    // It may make room for what the disk refused.
    await this.settled();
    await this.retry();
    return this.#queue.isWaiting(change.projectId) ? 'memory' : 'disk';
  }

  setDeleted(projectId: string, deletedAtMillis: number | null): Promise<KeptIn> {
    const write = (disk: Disk): Promise<Result<void>> =>
      disk.setDeleted(projectId, deletedAtMillis);
    return this.#add({ projectId, write });
  }

  saveBackbone(backbone: SavedBackbone): Promise<KeptIn> {
    return this.#add({ projectId: null, backbone, write: (disk) => disk.saveBackbone(backbone) });
  }

  async #add(pending: Parameters<WriteQueue['add']>[0]): Promise<KeptIn> {
    const where = await this.#queue.add(pending);
    return this.#options.inMemory ? 'memory' : where;
  }

  async duplicate(projectId: string, copy: DuplicateAs): Promise<Result<void>> {
    await this.settled();
    if (this.#queue.isWaiting(projectId)) await this.retry();
    if (this.#queue.isWaiting(projectId))
      return failed(this.#queue.problem ?? { code: 'project-in-use' });
    return this.#disk.duplicate(projectId, copy);
  }

  async purge(projectId: string): Promise<Result<void>> {
    const { held } = await this.#claim(projectId);
    if (!held || this.#elsewhere.has(projectId)) {
      if (!this.#elsewhere.has(projectId)) this.#claims.delete(projectId);
      return failed({ code: 'project-in-use' });
    }
    await this.settled();
    this.#queue.drop(projectId);
    const outcome = await this.#disk.purge(projectId);
    await this.close(projectId);
    // There may be room now.
    if (outcome.ok) await this.retry();
    return outcome;
  }

  retry(): Promise<void> {
    return this.#queue.retry();
  }

  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async projects(): Promise<Result<readonly ProjectSummary[]>> {
    await this.settled();
    const onDisk = await this.#disk.projects();
    if (!onDisk.ok || this.#queue.length === 0) return onDisk;
    const { disk, ids } = await this.#asItWillBe();
    const waiting = await disk.projects();
    if (!waiting.ok) return waiting;
    const others = onDisk.value.filter(({ id }) => !ids.has(id));
    return ok(newestFirst([...others, ...waiting.value]));
  }

  #now(): { readonly disk: Disk } {
    return { disk: this.#disk };
  }

  /** The projects that something waits of, as they are once it is written. */
  async #asItWillBe(): Promise<{ readonly disk: Disk; readonly ids: ReadonlySet<string> }> {
    const { pending } = this.#queue;
    const ids = new Set(pending.flatMap(({ projectId }) => projectId ?? []));
    // Few ever need it.
    const { MemoryDisk } = await import('./memory-disk.ts');
    const disk = new MemoryDisk();
    for (const id of ids) {
      const opened = await this.#disk.open(id);
      if (opened.ok) disk.adopt(opened.value);
    }
    for (const one of pending) await ('after' in one ? disk.commit([one]) : one.write(disk));
    return { disk, ids };
  }

  async readFile(hash: Sha256): Promise<Blob | null> {
    const waiting = this.#queue.content(hash);
    return waiting ? asBlob(waiting.file) : this.#disk.readFile(hash);
  }

  async readThumbnail(hash: Sha256): Promise<Blob | null> {
    return (await this.#readOwnThumbnail(hash)) ?? this.readFile(hash);
  }

  async #readOwnThumbnail(hash: Sha256): Promise<Blob | null> {
    const waiting = this.#queue.content(hash);
    if (!waiting) return this.#disk.readThumbnail(hash);
    return waiting.thumbnail && asBlob(waiting.thumbnail);
  }

  async *readContents(hashes: Iterable<Sha256>): AsyncIterable<FoundContent> {
    const read = async (hash: Sha256): Promise<FoundContent> => {
      const [file, thumbnail] = await Promise.all([
        this.readFile(hash),
        this.#readOwnThumbnail(hash),
      ]);
      return { hash, file, thumbnail };
    };
    const ahead: Promise<FoundContent>[] = [];
    for (const hash of hashes) {
      ahead.push(read(hash));
      if (ahead.length < READ_AHEAD) continue;
      const next = await ahead.shift();
      if (next) yield next;
    }
    for (const next of ahead) yield await next;
  }

  async neededHashes(): Promise<Result<ReadonlySet<Sha256>>> {
    // Some are written while the disk is read.
    const before = [...this.#queue.hashes];
    const onDisk = await this.#disk.neededHashes();
    return onDisk.ok ? ok(new Set([...before, ...onDisk.value, ...this.#queue.hashes])) : onDisk;
  }

  async removable(id: string, dataset: Dataset): Promise<Result<Removable>> {
    await this.settled();
    return this.#disk.removable(id, dataset);
  }

  async readBackbone(id: string): Promise<SavedBackbone | null> {
    const waiting = this.#queue.pending.findLast(
      (one) => 'backbone' in one && one.backbone.id === id,
    );
    return (waiting as SingleWrite | undefined)?.backbone ?? this.#disk.readBackbone(id);
  }

  persist(): Promise<boolean> {
    return this.#disk.persist();
  }
}
