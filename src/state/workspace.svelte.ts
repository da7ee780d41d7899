import type { Sha256 } from '../core/dataset.ts';
import { edit } from '../core/history.ts';
import { cleanLabel } from '../core/labels.ts';
import type { Problem } from '../core/problem.ts';
import type { OpenedProject, ProjectStore, ProjectSummary } from '../storage/contract.ts';
import { randomHex } from '../pipeline/class-id.ts';
import type { NeedlessEmbeddings } from './needless-embeddings.ts';
import type { Notices } from './notices.svelte.ts';
import type { Project } from './project.svelte.ts';
import type { Address, Settings, Words } from './settings.ts';
import type { StoreState } from './store-state.svelte.ts';
import { NOTHING } from './versions.svelte.ts';

type Store = Pick<
  ProjectStore,
  | 'projects'
  | 'readThumbnail'
  | 'open'
  | 'close'
  | 'create'
  | 'save'
  | 'duplicate'
  | 'setDeleted'
  | 'purge'
  | 'settled'
>;

export interface WorkspaceParts {
  readonly store: Store;
  readonly settings: Settings;
  readonly address: Address;
  readonly notices: Notices;
  readonly words: Words;
  /** The one that is open. */
  readonly project: Pick<Project, 'rename'>;
  readonly storeState: Pick<StoreState, 'isElsewhere' | 'close'>;
  readonly needless: Pick<NeedlessEmbeddings, 'soon'>;
  /** Ends the work on the project that is open. */
  readonly leave: () => Promise<void>;
  /** Shows a project in place of the one before. */
  readonly show: (opened: OpenedProject) => void;
}

/** Of this browser: the project that was open last, for an address that names none. */
const LAST_OPEN = 'last-project';
/** So long a deleted project can be brought back. */
export const KEEP_DELETED_MILLIS = 60_000;

/** The projects of this browser, of which one is open here. */
export class Workspace {
  #all = $state.raw<readonly ProjectSummary[]>([]);
  #openId = $state('');
  #projects: readonly ProjectSummary[] = $derived(
    this.#all.filter(({ deletedAtMillis }) => deletedAtMillis === null),
  );
  readonly #parts: WorkspaceParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: WorkspaceParts) {
    this.#parts = parts;
  }

  /** The one that was changed last comes first. As they were at the last {@link refresh}. */
  get projects(): readonly ProjectSummary[] {
    return this.#projects;
  }
  get openId(): string {
    return this.#openId;
  }

  /** Opens the project that the address names, else the one that was open last, else a new one. */
  async start(): Promise<OpenedProject> {
    const { settings, address, notices } = this.#parts;
    await this.refresh();
    await this.#purgeOld();
    const here = this.#projects.map(({ id }) => id);
    const named = address.projectId;
    if (named !== null && !here.includes(named)) notices.say({ key: 'project-not-here' });
    const wanted = [named, settings.get(LAST_OPEN), ...here];
    for (const [index, id] of wanted.entries()) {
      if (id === null || !here.includes(id) || wanted.indexOf(id) < index) continue;
      const opened = await this.#read(id);
      if (opened) return this.#enter(opened, true);
    }
    return this.#enter(await this.#makeNew(), true);
  }

  /** Asks the store what there is, with everything done so far. */
  async refresh(): Promise<void> {
    await this.#parts.store.settled();
    const found = await this.#parts.store.projects();
    if (found.ok) this.#all = found.value;
    else this.#parts.notices.addProblem(found.problem);
  }

  /** Puts a project in place of the one that is open. */
  open(id: string): Promise<void> {
    return this.#inTurn(() => this.#switchTo(id, false));
  }

  /** Follows the address, when the person went back or forward. */
  follow(id: string | null): Promise<void> {
    return this.#inTurn(async () => {
      if (id !== null && this.#projects.some((one) => one.id === id))
        await this.#switchTo(id, true);
    });
  }

  /** A new, empty project, opened. */
  create(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#change(await this.#makeNew(), false);
      await this.refresh();
    });
  }

  /** An empty name takes the name away. */
  rename(id: string, text: string): Promise<void> {
    const cleaned = cleanLabel(text, []);
    const name = cleaned.ok ? cleaned.value : '';
    return this.#inTurn(async () => {
      if (id === this.#openId) this.#parts.project.rename(name);
      else await this.#renameClosed(id, name);
      await this.refresh();
    });
  }

  /** A copy with everything, beside it. */
  duplicate(id: string): Promise<void> {
    const { store, words } = this.#parts;
    return this.#inTurn(async () => {
      await store.settled();
      const original = this.#all.find((one) => one.id === id);
      if (!original) return;
      const named = cleanLabel(words.copyName(original.name), []);
      const name = named.ok ? named.value : original.name;
      const copy = { id: randomHex(12), name, atMillis: Date.now() };
      const outcome = await store.duplicate(id, copy);
      if (!outcome.ok) this.#refuse(outcome.problem);
      await this.refresh();
    });
  }

  /** Can be taken back with {@link restore} for {@link KEEP_DELETED_MILLIS}. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const name = this.#all.find((one) => one.id === id)?.name ?? '';
      if (this.#parts.storeState.isElsewhere(id)) {
        this.#refuse({ code: 'project-in-use' });
        return;
      }
      if (id === this.#openId) await this.#openAnother(id);
      await this.#parts.store.setDeleted(id, Date.now());
      const notice = this.#parts.notices.say({ key: 'project-deleted', id, name });
      setTimeout(() => void this.#purge(id, notice), KEEP_DELETED_MILLIS);
      await this.refresh();
    });
  }

  /** Brings a deleted project back, and opens it. */
  restore(id: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#parts.store.setDeleted(id, null);
      await this.refresh();
      await this.#switchTo(id, false);
    });
  }

  /** A project with all that was done to it so far, open or not. Null where it can't be read. */
  read(id: string): Promise<OpenedProject | null> {
    return this.visit(id, (opened) => opened);
  }

  /** Does something with a project, open or not, while no other is opened. Null where it can't be read. */
  visit<T>(id: string, task: (opened: OpenedProject) => T | Promise<T>): Promise<T | null> {
    return this.#inTurn(() => this.#visit(id, task));
  }

  readThumbnail(hash: Sha256): Promise<Blob | null> {
    return this.#parts.store.readThumbnail(hash);
  }

  async #switchTo(id: string, replace: boolean): Promise<void> {
    if (id === this.#openId) return;
    const opened = await this.#read(id);
    if (opened) await this.#change(opened, replace);
  }

  async #change(opened: OpenedProject, replace: boolean): Promise<void> {
    const before = this.#openId;
    await this.#parts.leave();
    this.#parts.show(this.#enter(opened, replace));
    await this.#close(before);
  }

  #enter(opened: OpenedProject, replace: boolean): OpenedProject {
    const { id } = opened.summary;
    this.#openId = id;
    this.#parts.settings.set(LAST_OPEN, id);
    this.#parts.address.show(id, replace);
    return opened;
  }

  async #read(id: string): Promise<OpenedProject | null> {
    const opened = await this.#parts.store.open(id);
    if (!opened.ok) this.#refuse(opened.problem);
    return opened.ok ? opened.value : null;
  }

  async #openAnother(than: string): Promise<void> {
    const other = this.#projects.find(({ id }) => id !== than);
    if (other) await this.#switchTo(other.id, true);
    if (this.#openId === than) await this.#change(await this.#makeNew(), true);
  }

  async #makeNew(): Promise<OpenedProject> {
    const id = randomHex(12);
    const atMillis = Date.now();
    await this.#parts.store.create({
      id,
      versioned: NOTHING,
      classifier: null,
      createdAtMillis: atMillis,
      deletedAtMillis: null,
    });
    const summary: ProjectSummary = {
      id,
      name: '',
      createdAtMillis: atMillis,
      changedAtMillis: atMillis,
      pictures: 0,
      classes: 0,
      accuracy: null,
      bytes: 0,
      mosaic: [],
      deletedAtMillis: null,
    };
    this.#all = [summary, ...this.#all];
    return { summary, versioned: NOTHING, classifier: null, unfinished: [], damage: null };
  }

  async #visit<T>(id: string, task: (opened: OpenedProject) => T | Promise<T>): Promise<T | null> {
    const opened = await this.#read(id);
    try {
      return opened && (await task(opened));
    } finally {
      if (id !== this.#openId) await this.#close(id);
    }
  }

  async #renameClosed(id: string, name: string): Promise<void> {
    const { store, storeState } = this.#parts;
    await this.#visit(id, async ({ versioned }) => {
      if (storeState.isElsewhere(id)) {
        this.#refuse({ code: 'project-in-use' });
        return;
      }
      const after = edit(versioned, { kind: 'rename-project', name }, randomHex(8));
      const made = after.history.done.at(-1);
      const step = made ? ({ kind: 'edit', step: made } as const) : null;
      await store.save({ projectId: id, after, step, contents: [], atMillis: Date.now() });
    });
  }

  async #close(id: string): Promise<void> {
    await this.#parts.store.close(id);
    this.#parts.storeState.close(id);
  }

  async #purge(id: string, noticeId: number): Promise<void> {
    await this.refresh();
    // It was brought back.
    if (this.#projects.some((one) => one.id === id)) return;
    this.#parts.notices.dismiss(noticeId);
    await this.#parts.store.purge(id);
    this.#parts.needless.soon();
  }

  /** What was deleted in a tab that was closed before it could be purged there. */
  async #purgeOld(): Promise<void> {
    const before = Date.now() - KEEP_DELETED_MILLIS;
    for (const { id, deletedAtMillis } of this.#all)
      if (deletedAtMillis !== null && deletedAtMillis < before) await this.#parts.store.purge(id);
  }

  #refuse(problem: Problem): void {
    this.#parts.notices.addProblem(problem);
  }

  /** One thing after another: opening takes a while, and a person is quick. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const outcome = this.#turn.then(task);
    this.#turn = outcome.catch(() => undefined);
    return outcome;
  }
}
