import { accuracyOf } from '../core/classifier.ts';
import { failed, ok, type Problem, type Result } from '../core/problem.ts';
import type { Dataset, Sha256 } from '../core/dataset.ts';
import { forgets, planAnew, planCommit, type CommitPlan, type OnDisk } from './commit-plan.ts';
import { hashesOf } from './content-needs.ts';
import {
  DATABASE_NAME,
  CONTENT_STORES,
  abort,
  PROJECT_STORES,
  request,
  type Database,
  type StoreName,
  type Transaction,
} from './database.ts';
import { readContent, readNeeded, readRemovable } from './database-contents.ts';
import { openDatabase } from './open-database.ts';
import { copyProject, removeProject, projectRow } from './project-records.ts';
import type {
  Change,
  Disk,
  DuplicateAs,
  NewProject,
  OpenedProject,
  ProjectSummary,
  Removable,
  SavedBackbone,
} from './contract.ts';
import { readProject } from './read-project.ts';
import { storageProblem } from './storage-problem.ts';
import { nameCopy, newestFirst } from './summary.ts';
import { carryOut, prepareCommit, releaseAllBut, storesOf } from './write-project.ts';

/** Projects of which it is remembered what is on disk. */
const MOST_REMEMBERED = 4;

interface Remembered {
  readonly onDisk: OnDisk;
  readonly revision: number;
}

/** Opens the projects on this machine's disk. `open` is there for tests that make it fail. */
export async function openIndexedDbDisk(
  name: string = DATABASE_NAME,
  open: (name: string, onClosed: () => void) => Promise<Database> = openDatabase,
): Promise<Result<Disk>> {
  const disk = new IndexedDbDisk(() => open(name, () => disk.forgetConnection()));
  try {
    await disk.connect();
    return ok(disk);
  } catch (error) {
    return failed(await storageProblem(error));
  }
}

/** What a call ends with that can't do what it was asked: no failure of the disk. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

class IndexedDbDisk implements Disk {
  #connection: Promise<Database> | null = null;
  readonly #open: () => Promise<Database>;
  readonly #remembered = new Map<string, Remembered>();

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  /** A connection can be ended from outside (storage cleared, a newer tab): the next call opens anew. */
  forgetConnection(): void {
    this.#connection = null;
  }

  connect(): Promise<Database> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  async #try<Value>(work: (database: Database) => Promise<Value>): Promise<Result<Value>> {
    try {
      return ok(await work(await this.connect()));
    } catch (error) {
      return failed(error instanceof Refusal ? error.problem : await storageProblem(error));
    }
  }

  /** What can't be had again is flushed to the disk itself, so that it outlives a power cut. */
  async #write<Value>(
    database: Database,
    stores: readonly StoreName[],
    work: (transaction: Transaction<'readwrite'>) => Promise<Value>,
  ): Promise<Value> {
    const options = { durability: 'strict' } as const;
    const transaction = database.transaction([...stores], 'readwrite', options);
    void request(transaction.done);
    let value: Value;
    try {
      value = await work(transaction);
    } catch (error) {
      abort(transaction);
      throw error;
    }
    await transaction.done;
    return value;
  }

  projects(): Promise<Result<readonly ProjectSummary[]>> {
    return this.#try(async (database) =>
      newestFirst((await database.getAll('projects')).map(({ summary }) => summary)),
    );
  }

  open(id: string): Promise<Result<OpenedProject>> {
    return this.#try(async (database) => {
      const project = await readProject(database, id);
      if (!project) throw new Refusal({ code: 'project-missing' });
      const { row, onDisk, classifier, unfinished, lost } = project;
      this.#remember(id, { onDisk, revision: row.revision });
      const damage: Problem | null =
        lost === null ? null : { code: 'project-damaged', pictures: lost };
      const { versioned } = onDisk;
      return { summary: row.summary, versioned, classifier, unfinished, damage };
    });
  }

  #remember(id: string, remembered: Remembered): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined)
      this.#remembered.delete(oldest);
  }

  create(project: NewProject): Promise<Result<void>> {
    const { id, versioned, classifier, createdAtMillis, deletedAtMillis } = project;
    return this.#try(async (database) => {
      const plan = planAnew(versioned);
      const prepared = { ...(await prepareCommit(plan, versioned, [])), classifier };
      const times = { createdAtMillis, changedAtMillis: createdAtMillis, deletedAtMillis };
      const accuracy = classifier && accuracyOf(classifier);
      const row = projectRow(plan, { id, ...times, accuracy, bytes: 0 }, 0);
      const { revision } = await this.#write(database, PROJECT_STORES, async (transaction) => {
        await transaction.objectStore('projects').add(row);
        return carryOut(transaction, row, prepared);
      });
      this.#remember(id, { onDisk: plan, revision });
    });
  }

  commit(changes: readonly Change[]): Promise<Result<void>> {
    return this.#try(async (database) => {
      const last = changes.at(-1);
      if (!last) return;
      const id = last.projectId;
      const remembered = await this.#whatIsOnDisk(database, id);
      if (!remembered) return;
      const { onDisk, revision } = remembered;
      const plan = planCommit(onDisk, changes);
      if (forgets(changes)) await this.#makeRoom(database, id, remembered, plan);
      const prepared = await prepareCommit(plan, onDisk.versioned, changes);
      const after = await this.#write(database, storesOf(prepared), async (transaction) => {
        const row = await transaction.objectStore('projects').get(id);
        if (!row) return null;
        if (row.revision !== revision) throw new Error('another tab has changed the project');
        const summary = { ...row.summary, changedAtMillis: last.atMillis };
        return carryOut(transaction, { ...row, summary }, prepared);
      });
      if (after) this.#remember(id, { onDisk: plan, revision: after.revision });
    });
  }

  /** Takes away what the project needs neither as it is on disk nor as it is to be; see `readProject` for where it ends here. */
  async #makeRoom(
    database: Database,
    id: string,
    { onDisk, revision }: Remembered,
    plan: CommitPlan,
  ): Promise<void> {
    const needed = new Set(onDisk.versioned.dataset.samples.map(({ hash }) => hash));
    for (const hash of hashesOf(plan.versioned)) needed.add(hash);
    await this.#write(database, ['projects', ...CONTENT_STORES], async (transaction) => {
      const row = await transaction.objectStore('projects').get(id);
      if (row?.revision === revision) await releaseAllBut(transaction, id, needed);
    });
  }

  async #whatIsOnDisk(database: Database, id: string): Promise<Remembered | null> {
    const remembered = this.#remembered.get(id);
    if (remembered) return remembered;
    const project = await readProject(database, id);
    return project && { onDisk: project.onDisk, revision: project.row.revision };
  }

  async duplicate(id: string, copy: DuplicateAs): Promise<Result<void>> {
    // Deleted until it has its name: what is cut off midway shows nowhere.
    const copied = await this.#try((database) =>
      this.#write(database, [...PROJECT_STORES, 'uses'], (transaction) =>
        copyProject(transaction, id, copy),
      ),
    );
    if (!copied.ok) return copied;
    if (!copied.value) return failed({ code: 'project-missing' });
    const opened = await this.open(copy.id);
    if (!opened.ok) return opened;
    const after = nameCopy(opened.value.versioned, copy);
    const [step] = after.history.done.slice(-1);
    if (!step) throw new RangeError('no step');
    const { atMillis } = copy;
    const named = await this.commit([
      { projectId: copy.id, after, step: { kind: 'edit', step }, contents: [], atMillis },
    ]);
    return named.ok ? this.setDeleted(copy.id, null) : named;
  }

  setDeleted(id: string, deletedAtMillis: number | null): Promise<Result<void>> {
    return this.#try((database) =>
      this.#write(database, ['projects'], async (transaction) => {
        const row = await transaction.objectStore('projects').get(id);
        if (!row) return;
        const summary = { ...row.summary, deletedAtMillis };
        await transaction.objectStore('projects').put({ ...row, summary });
      }),
    );
  }

  purge(id: string): Promise<Result<void>> {
    this.#remembered.delete(id);
    const stores = [...PROJECT_STORES, ...CONTENT_STORES];
    return this.#try((database) =>
      this.#write(database, stores, (transaction) => removeProject(transaction, id)),
    );
  }

  readFile(hash: Sha256): Promise<Blob | null> {
    return this.#orNull((database) => readContent(database, 'files', hash));
  }

  readThumbnail(hash: Sha256): Promise<Blob | null> {
    return this.#orNull((database) => readContent(database, 'thumbnails', hash));
  }

  neededHashes(): Promise<Result<ReadonlySet<Sha256>>> {
    return this.#try(readNeeded);
  }

  removable(id: string, dataset: Dataset): Promise<Result<Removable>> {
    return this.#try((database) => readRemovable(database, id, dataset));
  }

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>> {
    return this.#try((database) =>
      this.#write(database, ['backbones'], async (transaction) => {
        await transaction.objectStore('backbones').put(backbone);
      }),
    );
  }

  readBackbone(id: string): Promise<SavedBackbone | null> {
    return this.#orNull(async (database) => (await database.get('backbones', id)) ?? null);
  }

  async #orNull<Value>(read: (database: Database) => Promise<Value | null>): Promise<Value | null> {
    try {
      return await read(await this.connect());
    } catch {
      return null;
    }
  }

  async persist(): Promise<boolean> {
    try {
      return await navigator.storage.persist();
    } catch {
      return false;
    }
  }
}
