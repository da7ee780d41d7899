import type { Sample } from '../../core/dataset.ts';
import type { Edit } from '../../core/edit.ts';
import { edit, NO_HISTORY, redo, undo, type Versioned } from '../../core/history.ts';
import type { Sha256 } from '../../core/dataset.ts';
import { editOf, EMPTY_DATASET, type EditSeed } from '../../core/testing/random-edits.ts';
import type { Change, Content, NewProject, OpenedProject } from '../contract.ts';

export const EMPTY: Versioned = { dataset: EMPTY_DATASET, history: NO_HISTORY };

export function newProject(id: string, patch: Partial<NewProject> = {}): NewProject {
  return {
    id,
    versioned: EMPTY,
    classifier: null,
    createdAtMillis: 1,
    deletedAtMillis: null,
    ...patch,
  };
}

/** A file of its own for each hash; none of the store's business that it is no picture. */
export function contentOf(hash: Sha256): Content {
  return {
    hash,
    file: new Blob([`file of ${hash}`], { type: 'image/png' }),
    thumbnail: new Blob([`thumbnail of ${hash}`], { type: 'image/jpeg' }),
  };
}

let clock = 1;

function changeTo(
  projectId: string,
  after: Versioned,
  step: Change['step'],
  added: readonly Sample[] = [],
): Change {
  clock += 1;
  const contents = added.map(({ hash }) => contentOf(hash));
  return { projectId, after, step, contents, atMillis: clock };
}

export function editChange(
  projectId: string,
  before: Versioned,
  made: Edit,
  group = String(clock),
): Change {
  const after = edit(before, made, group);
  const step = after.history.done.at(-1);
  if (!step) throw new Error('no step');
  const added = made.kind === 'add-samples' ? made.samples : [];
  return changeTo(projectId, after, { kind: 'edit', step }, added);
}

/** One thing that a person does, out of numbers; null where there is nothing to undo or redo. */
export function changeOf(
  projectId: string,
  before: Versioned,
  act: 'edit' | 'undo' | 'redo' | 'forget',
  seed: EditSeed,
  fresh: number,
): Change | null {
  // Some edits follow each other in a group.
  if (act === 'edit')
    return editChange(
      projectId,
      before,
      editOf(before.dataset, seed, fresh),
      String(fresh >> (seed.count % 3)),
    );
  if (act === 'forget') return forgetChange(projectId, before);
  const after = act === 'undo' ? undo(before) : redo(before);
  return after && changeTo(projectId, after, { kind: act });
}

/** The history is let go. */
export function forgetChange(projectId: string, { dataset }: Versioned): Change {
  return changeTo(projectId, { dataset, history: NO_HISTORY }, { kind: 'forget' });
}

/** A change with a classifier or other patches and no step. */
export function stillChange(projectId: string, at: Versioned, patch: Partial<Change>): Change {
  return { ...changeTo(projectId, at, null), ...patch };
}

/** @throws where it isn't there. */
export async function opened(
  store: {
    open(id: string): Promise<{ ok: true; value: OpenedProject } | { ok: false; problem: unknown }>;
  },
  id: string,
): Promise<OpenedProject> {
  const outcome = await store.open(id);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}
