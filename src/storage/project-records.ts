import { keysOf, type Transaction, type ProjectRow, type SnapshotRow } from './database.ts';
import { collect, inTurns } from './database-contents.ts';
import type { DuplicateAs, ProjectSummary } from './contract.ts';
import type { CommitPlan } from './commit-plan.ts';
import { describe } from './summary.ts';

/** A project's row, once a plan is carried out. */
export function projectRow(
  plan: CommitPlan,
  summary: Omit<ProjectSummary, keyof ReturnType<typeof describe>>,
  revision: number,
): ProjectRow {
  const { first, head, end, snapshotAt, versioned } = plan;
  return {
    summary: { ...summary, ...describe(versioned) },
    first,
    head,
    end,
    snapshotAt,
    revision,
  };
}

/** The snapshot that a plan writes, apart from its samples. */
export function snapshotRow({ versioned, chunks }: CommitPlan): SnapshotRow {
  const { name, classes, options } = versioned.dataset;
  return {
    name,
    classes,
    options,
    chunks: chunks.map(({ key, samples }) => ({ key, count: samples.length })),
  };
}

/**
 * Copies a project's records as they are. The copy is a deleted one.
 *
 * @returns whether there was such a project.
 */
export async function copyProject(
  transaction: Transaction<'readwrite'>,
  id: string,
  { id: copyId, atMillis }: DuplicateAs,
): Promise<boolean> {
  const row = await transaction.objectStore('projects').get(id);
  if (!row) return false;
  const times = { createdAtMillis: atMillis, changedAtMillis: atMillis, deletedAtMillis: atMillis };
  const summary = { ...row.summary, ...times, id: copyId };
  await transaction.objectStore('projects').add({ ...row, summary });
  for (const name of ['snapshots', 'classifiers'] as const) {
    const value = await transaction.objectStore(name).get(id);
    if (value) await transaction.objectStore(name).put(value, copyId);
  }
  for (const name of ['chunks', 'steps'] as const) {
    const store = transaction.objectStore(name);
    await inTurns(await store.getAllKeys(keysOf(id)), async (key) => {
      const value = await store.get(key);
      if (value) await store.put(value, [copyId, key[1]]);
    });
  }
  const uses = transaction.objectStore('uses');
  await inTurns(await uses.getAllKeys(keysOf(id)), async (key) => {
    const use = await uses.get(key);
    if (use) await uses.put({ ...use, projectId: copyId });
  });
  return true;
}

/** Removes a project's records, with the contents that no other needs. */
export async function removeProject(
  transaction: Transaction<'readwrite'>,
  id: string,
): Promise<void> {
  const uses = transaction.objectStore('uses');
  const used = await uses.getAllKeys(keysOf(id));
  await uses.delete(keysOf(id));
  await collect(
    transaction,
    used.map(([, hash]) => hash),
  );
  for (const name of ['projects', 'snapshots', 'classifiers'] as const)
    await transaction.objectStore(name).delete(id);
  for (const name of ['chunks', 'steps', 'unfinished'] as const)
    await transaction.objectStore(name).delete(keysOf(id));
}
