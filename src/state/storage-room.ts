import type { Dataset } from '../core/dataset.ts';
import { NO_HISTORY } from '../core/history.ts';
import type { ProjectStore, Removable } from '../storage/contract.ts';
import type { NeedlessEmbeddings } from './needless-embeddings.ts';
import type { Notices } from './notices.svelte.ts';
import type { StoreState } from './store-state.svelte.ts';
import type { Versions } from './versions.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

export interface StorageRoomParts {
  readonly store: Pick<ProjectStore, 'save' | 'removable'>;
  readonly workspace: Pick<Workspace, 'openId' | 'visit' | 'refresh'>;
  /** Of the project that is open. */
  readonly versions: Pick<Versions, 'latest' | 'forgetHistory'>;
  readonly storeState: Pick<StoreState, 'isElsewhere'>;
  readonly notices: Notices;
  readonly needless: Pick<NeedlessEmbeddings, 'soon'>;
}

/** The room that projects take on this machine's disk, and what of it can be freed. */
export class StorageRoom {
  readonly #parts: StorageRoomParts;

  constructor(parts: StorageRoomParts) {
    this.#parts = parts;
  }

  /** What a project keeps only so that edits can be undone. Null where it can't be read. */
  removable(id: string): Promise<Removable | null> {
    return this.#parts.workspace.visit(id, ({ versioned }) =>
      this.#removable(id, versioned.dataset),
    );
  }

  /** Lets that go for good: nothing that was done so far can be undone any more. */
  async free(id: string): Promise<void> {
    const { workspace, storeState, notices, needless } = this.#parts;
    await workspace.visit(id, async ({ versioned: { dataset } }) => {
      if (storeState.isElsewhere(id)) notices.addProblem({ code: 'project-in-use' });
      else await this.#forget(id, dataset);
    });
    await workspace.refresh();
    needless.soon();
  }

  async #forget(id: string, dataset: Dataset): Promise<void> {
    const { store, workspace, versions, notices } = this.#parts;
    const isOpen = id === workspace.openId;
    const before = await this.#removable(id, dataset);
    const after = { dataset, history: NO_HISTORY };
    const step = { kind: 'forget' } as const;
    if (isOpen) await versions.forgetHistory();
    else await store.save({ projectId: id, after, step, contents: [], atMillis: Date.now() });
    // Pictures may have come in meanwhile.
    const left = await this.#removable(id, isOpen ? versions.latest : dataset);
    const bytes = (before?.bytes ?? 0) - (left?.bytes ?? 0);
    if (bytes > 0) notices.say({ key: 'room-freed', bytes });
  }

  async #removable(id: string, dataset: Dataset): Promise<Removable | null> {
    const found = await this.#parts.store.removable(id, dataset);
    if (!found.ok) this.#parts.notices.addProblem(found.problem);
    return found.ok ? found.value : null;
  }
}
