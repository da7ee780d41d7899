import type { CommitPlan } from './commit-plan.ts';
import type { ProjectRow, SnapshotRow } from './database.ts';
import type { ProjectSummary } from './contract.ts';
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
