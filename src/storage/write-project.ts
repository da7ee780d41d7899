import { createBreather } from '../core/breathe.ts';
import { accuracyOf, type Classifier } from '../core/classifier.ts';
import type { Sha256 } from '../core/dataset.ts';
import { forgets, stepAt, type CommitPlan } from './commit-plan.ts';
import { hashesForgotten, hashesOf } from './content-needs.ts';
import {
  CONTENT_STORES,
  keysOf,
  PROJECT_STORES,
  request,
  type ProjectRow,
  type StoreName,
  type Transaction,
} from './database.ts';
import {
  countBytes,
  keepContents,
  putContents,
  releaseContents,
  type KeptContent,
} from './database-contents.ts';
import { packSamples, type PackedSamples, packStep, type PackedStep } from './packed.ts';
import { projectRow, snapshotRow } from './project-records.ts';
import type { Change } from './contract.ts';

/** Everything that a commit writes, made before its transaction begins: within one there is no time. */
export interface PreparedCommit {
  readonly plan: CommitPlan;
  readonly steps: ReadonlyMap<number, PackedStep>;
  readonly chunks: ReadonlyMap<number, PackedSamples>;
  readonly contents: readonly KeptContent[];
  readonly forgotten: ReadonlySet<Sha256>;
  /** All that the project still needs, where everything else is to go. */
  readonly keepOnly: ReadonlySet<Sha256> | null;
  readonly finished: readonly string[];
  /** Undefined where it stays. */
  readonly classifier: Classifier | null | undefined;
}

/** @param changes that the plan was made for; none for a project that is written whole. */
export async function prepareCommit(
  plan: CommitPlan,
  before: CommitPlan['versioned'],
  changes: readonly Change[],
): Promise<PreparedCommit> {
  const breathe = createBreather();
  const steps = new Map<number, PackedStep>();
  for (let number = plan.stepsFrom ?? plan.end; number < plan.end; number++) {
    await breathe();
    steps.set(number, packStep(stepAt(plan, plan.versioned.history, number)));
  }
  const chunks = new Map<number, PackedSamples>();
  for (const { key, samples } of plan.snapshot?.written ?? []) {
    await breathe();
    chunks.set(key, packSamples(samples));
  }
  return {
    plan,
    steps,
    chunks,
    contents: await keepContents(changes.flatMap(({ contents }) => contents)),
    forgotten: hashesForgotten(before.history, changes),
    keepOnly: forgets(changes) ? hashesOf(plan.versioned) : null,
    finished: changes.flatMap(({ finished = [] }) => finished),
    classifier: changes.findLast(({ classifier }) => classifier !== undefined)?.classifier,
  };
}

/** The stores that a commit needs: where no content is concerned, reading contents needn't wait for it. */
export function storesOf({ contents, forgotten, keepOnly }: PreparedCommit): readonly StoreName[] {
  const concernsContents = contents.length > 0 || forgotten.size > 0 || keepOnly !== null;
  return concernsContents ? [...PROJECT_STORES, ...CONTENT_STORES] : PROJECT_STORES;
}

/** @param row as it is now. @returns the row as it is written. */
export async function carryOut(
  transaction: Transaction<'readwrite'>,
  row: ProjectRow,
  prepared: PreparedCommit,
): Promise<ProjectRow> {
  const { plan, contents, forgotten, keepOnly, finished, classifier } = prepared;
  const { summary } = row;
  const { id } = summary;
  const added = contents.length > 0 ? await putContents(transaction, id, contents) : 0;
  const released = forgotten.size > 0 ? await releaseContents(transaction, id, forgotten) : 0;
  if (keepOnly) await releaseAllBut(transaction, id, keepOnly);
  const accuracy =
    classifier === undefined ? summary.accuracy : classifier && accuracyOf(classifier);
  const bytes = keepOnly ? await countBytes(transaction, id) : summary.bytes + added - released;
  const after = projectRow(plan, { ...summary, accuracy, bytes }, row.revision + 1);
  const classifiers = transaction.objectStore('classifiers');
  await Promise.all([
    ...writeSteps(transaction, row, prepared),
    ...writeSnapshot(transaction, id, prepared),
    ...finished.map((one) => request(transaction.objectStore('unfinished').delete([id, one]))),
    ...(classifier ? [request(classifiers.put(classifier, id))] : []),
    ...(classifier === null ? [request(classifiers.delete(id))] : []),
    transaction.objectStore('projects').put(after),
  ]);
  return after;
}

/**
 * Takes away a project's contents but some. Where the disk is full this is possible all the same,
 * when nothing is written in the same transaction, and it makes room for that.
 */
export async function releaseAllBut(
  transaction: Transaction<'readwrite'>,
  id: string,
  needed: ReadonlySet<Sha256>,
): Promise<void> {
  const used = await transaction.objectStore('uses').getAllKeys(keysOf(id));
  const needless = used.flatMap(([, hash]) => (needed.has(hash) ? [] : [hash]));
  await releaseContents(transaction, id, needless);
}

function writeSteps(
  transaction: Transaction<'readwrite'>,
  { summary: { id }, first, end }: ProjectRow,
  { plan, steps }: PreparedCommit,
): Promise<unknown>[] {
  const store = transaction.objectStore('steps');
  const gone = plan.anew
    ? [keysOf(id)]
    : [
        ...(plan.first > first ? [keysOf(id, first, plan.first)] : []),
        ...(plan.stepsFrom !== null && end > plan.stepsFrom ? [keysOf(id, plan.stepsFrom)] : []),
      ];
  return [
    ...gone.map((range) => request(store.delete(range))),
    ...[...steps].map(([number, step]) => request(store.put(step, [id, number]))),
  ];
}

function writeSnapshot(
  transaction: Transaction<'readwrite'>,
  id: string,
  { plan, chunks }: PreparedCommit,
): Promise<unknown>[] {
  if (!plan.snapshot) return [];
  const store = transaction.objectStore('chunks');
  return [
    ...(plan.anew ? [request(store.delete(keysOf(id)))] : []),
    ...plan.snapshot.removed.map((key) => request(store.delete([id, key]))),
    ...[...chunks].map(([key, samples]) => request(store.put(samples, [id, key]))),
    request(transaction.objectStore('snapshots').put(snapshotRow(plan), id)),
  ];
}
