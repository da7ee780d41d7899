import { accuracyOf, type Classifier } from '../core/classifier.ts';
import type { Versioned } from '../core/history.ts';
import { failed, ok, type Result } from '../core/problem.ts';
import type { Dataset, Sha256 } from '../core/dataset.ts';
import { forgets } from './commit-plan.ts';
import { hashesForgotten, hashesOf } from './content-needs.ts';
import { asBlob, sizeOf } from './kept-blob.ts';
import type {
  Change,
  Disk,
  DuplicateAs,
  NewProject,
  OpenedProject,
  ProjectSummary,
  Removable,
  SavedBackbone,
  UnfinishedPicture,
} from './contract.ts';
import { describe, nameCopy, newestFirst } from './summary.ts';

const DONE: Promise<Result<void>> = Promise.resolve(ok(undefined));

interface HeldProject {
  readonly versioned: Versioned;
  readonly classifier: Classifier | null;
  readonly unfinished: readonly UnfinishedPicture[];
  readonly createdAtMillis: number;
  readonly changedAtMillis: number;
  readonly deletedAtMillis: number | null;
  /** What it needs, by hash, with the bytes of its file. */
  readonly uses: ReadonlyMap<Sha256, number>;
}

/** Keeps everything for as long as the page lives: for the terminal run, for tests, and where there is no disk. */
export class MemoryDisk implements Disk {
  readonly #projects = new Map<string, HeldProject>();
  readonly #contents = new Map<Sha256, { readonly file: Blob; readonly thumbnail: Blob | null }>();
  readonly #backbones = new Map<string, SavedBackbone>();

  projects(): Promise<Result<readonly ProjectSummary[]>> {
    const summaries = [...this.#projects].map(([id, project]) => summaryOf(id, project));
    return Promise.resolve(ok(newestFirst(summaries)));
  }

  open(id: string): Promise<Result<OpenedProject>> {
    const project = this.#projects.get(id);
    if (!project) return Promise.resolve(failed({ code: 'project-missing' }));
    const { versioned, classifier, unfinished } = project;
    const summary = summaryOf(id, project);
    return Promise.resolve(ok({ summary, versioned, classifier, unfinished, damage: null }));
  }

  /** Takes a project as another disk holds it, without its contents. */
  adopt({ summary, versioned, classifier, unfinished }: OpenedProject): void {
    this.#projects.set(summary.id, {
      ...summary,
      versioned,
      classifier,
      unfinished,
      // The whole under one hash that no content has.
      uses: new Map([['', summary.bytes]]),
    });
  }

  create({ id, ...project }: NewProject): Promise<Result<void>> {
    const { createdAtMillis: changedAtMillis } = project;
    this.#projects.set(id, { ...project, changedAtMillis, unfinished: [], uses: new Map() });
    return DONE;
  }

  commit(changes: readonly Change[]): Promise<Result<void>> {
    const last = changes.at(-1);
    const project = last && this.#projects.get(last.projectId);
    if (!project) return DONE;
    const uses = new Map(project.uses);
    let { classifier } = project;
    const finished = new Set<string>();
    for (const change of changes) {
      for (const content of change.contents) {
        const { hash, file, thumbnail } = content;
        // A Blob's bytes are the browser's to keep, on a disk if it likes; an array's fill the page's memory.
        if (!this.#contents.has(hash))
          this.#contents.set(hash, {
            file: asBlob(file),
            thumbnail: thumbnail && asBlob(thumbnail),
          });
        uses.set(hash, sizeOf(file));
      }
      for (const id of change.finished ?? []) finished.add(id);
      if (change.classifier !== undefined) classifier = change.classifier;
    }
    const forgotten = forgets(changes)
      ? needlessOf(uses, hashesOf(last.after))
      : hashesForgotten(project.versioned.history, changes);
    for (const hash of forgotten) uses.delete(hash);
    this.#projects.set(last.projectId, {
      ...project,
      versioned: last.after,
      classifier,
      unfinished: project.unfinished.filter(({ id }) => !finished.has(id)),
      changedAtMillis: last.atMillis,
      uses,
    });
    this.#collect(forgotten);
    return DONE;
  }

  duplicate(id: string, copy: DuplicateAs): Promise<Result<void>> {
    const original = this.#projects.get(id);
    if (!original) return Promise.resolve(failed({ code: 'project-missing' }));
    this.#projects.set(copy.id, {
      ...original,
      versioned: nameCopy(original.versioned, copy),
      createdAtMillis: copy.atMillis,
      changedAtMillis: copy.atMillis,
      deletedAtMillis: null,
    });
    return DONE;
  }

  setDeleted(id: string, deletedAtMillis: number | null): Promise<Result<void>> {
    const project = this.#projects.get(id);
    if (project) this.#projects.set(id, { ...project, deletedAtMillis });
    return DONE;
  }

  purge(id: string): Promise<Result<void>> {
    const project = this.#projects.get(id);
    this.#projects.delete(id);
    this.#collect(project?.uses.keys() ?? []);
    return DONE;
  }

  #collect(hashes: Iterable<Sha256>): void {
    const projects = [...this.#projects.values()];
    for (const hash of hashes)
      if (!projects.some(({ uses }) => uses.has(hash))) this.#contents.delete(hash);
  }

  readFile(hash: Sha256): Promise<Blob | null> {
    return Promise.resolve(this.#contents.get(hash)?.file ?? null);
  }

  readThumbnail(hash: Sha256): Promise<Blob | null> {
    return Promise.resolve(this.#contents.get(hash)?.thumbnail ?? null);
  }

  neededHashes(): Promise<Result<ReadonlySet<Sha256>>> {
    const projects = [...this.#projects.values()];
    return Promise.resolve(ok(new Set(projects.flatMap(({ uses }) => [...uses.keys()]))));
  }

  removable(id: string, { samples }: Dataset): Promise<Result<Removable>> {
    const needed = new Set(samples.map(({ hash }) => hash));
    const others = [...this.#projects].flatMap(([other, { uses }]) => (other === id ? [] : [uses]));
    const more = [...(this.#projects.get(id)?.uses ?? [])].filter(([hash]) => !needed.has(hash));
    const bytes = more
      .filter(([hash]) => !others.some((uses) => uses.has(hash)))
      .reduce((sum, [, size]) => sum + size, 0);
    return Promise.resolve(ok({ pictures: more.length, bytes }));
  }

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>> {
    this.#backbones.set(backbone.id, backbone);
    return DONE;
  }

  readBackbone(id: string): Promise<SavedBackbone | null> {
    return Promise.resolve(this.#backbones.get(id) ?? null);
  }

  persist(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

function needlessOf(uses: HeldProject['uses'], needed: ReadonlySet<Sha256>): ReadonlySet<Sha256> {
  return new Set([...uses.keys()].filter((hash) => !needed.has(hash)));
}

function summaryOf(id: string, project: HeldProject): ProjectSummary {
  const { createdAtMillis, changedAtMillis, deletedAtMillis, uses } = project;
  return {
    id,
    ...describe(project.versioned),
    accuracy: project.classifier && accuracyOf(project.classifier),
    createdAtMillis,
    changedAtMillis,
    deletedAtMillis,
    bytes: [...uses.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}
