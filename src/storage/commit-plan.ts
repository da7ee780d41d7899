import { at } from '../core/at.ts';
import { compareSamples, type Sample } from '../core/dataset.ts';
import type { History, Step, Versioned } from '../core/history.ts';
import type { Change } from './contract.ts';

/** Samples in one record. With more of them it would outgrow what lies in the database itself: see kept-blob.ts. */
export const MOST_IN_CHUNK = 300;

/** Steps that opening a project may have to make again (or take back) on its snapshot. */
export const MOST_REPLAYED = 24;

/** A part of a snapshot's samples, in their order. */
export interface Chunk {
  readonly key: number;
  readonly samples: readonly Sample[];
}

/**
 * Where a project's steps lie. Each has a number, without gaps: those from `first` are done, those
 * from `head` were undone, the next to redo first. Undoing only moves `head`.
 */
export interface StepRange {
  readonly first: number;
  readonly head: number;
  readonly end: number;
}

/** What is on disk of a project. */
export interface OnDisk extends StepRange {
  readonly versioned: Versioned;
  /** The snapshot is the dataset after all steps before this one. */
  readonly snapshotAt: number;
  /** Of the snapshot. */
  readonly chunks: readonly Chunk[];
  /** Part of it can't be read: everything is to be written anew. */
  readonly damaged: boolean;
}

/** What changes do to what is on disk. */
export interface CommitPlan extends OnDisk {
  /** Whether all records of steps and samples go first. */
  readonly anew: boolean;
  /** Step records from here on are others now; null where none is. */
  readonly stepsFrom: number | null;
  /** What the snapshot becomes; null where it stays. */
  readonly snapshot: SnapshotPlan | null;
}

export interface SnapshotPlan {
  readonly chunks: readonly Chunk[];
  readonly written: readonly Chunk[];
  readonly removed: readonly number[];
}

/** @param changes of one project, at least one. */
export function planCommit(before: OnDisk, changes: readonly Change[]): CommitPlan {
  let range: StepRange = before;
  let stepsFrom: number | null = null;
  for (const { step, after } of changes) {
    if (!step) continue;
    const { head } = range;
    if (step.kind === 'edit' || step.kind === 'forget')
      stepsFrom = Math.min(stepsFrom ?? head, head);
    range =
      step.kind === 'forget'
        ? { first: head, head, end: head }
        : rangeAfter(range, step.kind === 'edit', after.history);
  }
  const { after: versioned } = at(changes, changes.length - 1);
  return before.damaged || !fits(range, versioned.history)
    ? planAnew(versioned)
    : planOn(before, range, stepsFrom, versioned, forgets(changes));
}

/** Whether a history is let go among these changes. What it made of the dataset stands in no step. */
export function forgets(changes: readonly Change[]): boolean {
  return changes.some(({ step }) => step?.kind === 'forget');
}

/** Everything is written, whatever was there. */
export function planAnew(versioned: Versioned): CommitPlan {
  const { done, undone } = versioned.history;
  const head = done.length;
  const snapshot = planSnapshot([], versioned.dataset.samples);
  return {
    first: 0,
    head,
    end: head + undone.length,
    versioned,
    damaged: false,
    anew: true,
    stepsFrom: 0,
    snapshotAt: head,
    chunks: snapshot.chunks,
    snapshot,
  };
}

function planOn(
  before: OnDisk,
  range: StepRange,
  stepsFrom: number | null,
  versioned: Versioned,
  isForgotten: boolean,
): CommitPlan {
  const isLost = stepsFrom !== null && stepsFrom < before.snapshotAt;
  const isFar = Math.abs(range.head - before.snapshotAt) >= MOST_REPLAYED;
  const isStale = isLost || isFar || isForgotten || range.first > before.snapshotAt;
  const snapshot = isStale ? planSnapshot(before.chunks, versioned.dataset.samples) : null;
  return {
    ...range,
    versioned,
    damaged: false,
    anew: false,
    stepsFrom: stepsFrom === null ? null : Math.max(stepsFrom, range.first),
    snapshotAt: snapshot ? range.head : before.snapshotAt,
    chunks: snapshot?.chunks ?? before.chunks,
    snapshot,
  };
}

function rangeAfter(range: StepRange, isEdit: boolean, { done }: History): StepRange {
  if (!isEdit) return { ...range, head: range.first + done.length };
  const head = range.head + 1;
  return { first: head - done.length, head, end: head };
}

function fits({ first, head, end }: StepRange, { done, undone }: History): boolean {
  return head - first === done.length && end - head === undone.length;
}

/** The step with a number. */
export function stepAt({ first, head, end }: StepRange, history: History, number: number): Step {
  return number < head ? at(history.done, number - first) : at(history.undone, end - 1 - number);
}

/** Splits the samples where the chunks before did, so that most of them are the same ones still. */
export function planSnapshot(before: readonly Chunk[], samples: readonly Sample[]): SnapshotPlan {
  let nextKey = 1 + Math.max(-1, ...before.map(({ key }) => key));
  const plan = { chunks: [] as Chunk[], written: [] as Chunk[], removed: [] as number[] };
  let from = 0;
  const parts = before.length > 0 ? before : [{ key: nextKey++, samples: [] }];
  parts.forEach((chunk, index) => {
    const to = index < parts.length - 1 ? endOf(chunk, samples, from) : samples.length;
    const own = samples.slice(from, to);
    from = to;
    if (before.length > 0 && isSame(own, chunk.samples)) {
      plan.chunks.push(chunk);
      return;
    }
    if (own.length === 0 && before.length > 0) plan.removed.push(chunk.key);
    for (let start = 0; start < own.length; start += MOST_IN_CHUNK) {
      const key = start === 0 ? chunk.key : nextKey++;
      const piece = { key, samples: own.slice(start, start + MOST_IN_CHUNK) };
      plan.chunks.push(piece);
      plan.written.push(piece);
    }
  });
  return plan;
}

/** Behind the last sample that comes no later than the chunk's last one. */
function endOf(chunk: Chunk, samples: readonly Sample[], from: number): number {
  const last = chunk.samples.at(-1);
  if (last === undefined) return from;
  let to = from;
  for (; to < samples.length; to++) if (compareSamples(at(samples, to), last) > 0) break;
  return to;
}

function isSame(a: readonly Sample[], b: readonly Sample[]): boolean {
  return a.length === b.length && a.every((sample, index) => sample === b[index]);
}
