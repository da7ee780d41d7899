import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { Classifier } from '../core/classifier.ts';
import type { Dataset, Purpose, Sha256 } from '../core/dataset.ts';
import type { KeptBlob } from './kept-blob.ts';
import type { PackedSamples, PackedStep } from './packed.ts';
import type { ProjectSummary, SavedBackbone } from './contract.ts';

export const DATABASE_NAME = 'headstart';

type ProjectKey<Part> = [projectId: string, part: Part];

/**
 * Keys are ids and hashes that the app makes itself, and numbers; what a person wrote (labels, file
 * names) is only ever part of a value. Values stay below what kept-blob.ts says of large ones.
 */
export interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRow };
  /** All of a dataset but its samples. */
  snapshots: { key: string; value: SnapshotRow };
  /** A snapshot's samples. */
  chunks: { key: ProjectKey<number>; value: PackedSamples };
  /** What was done, by number: see `StepRange` in commit-plan.ts. */
  steps: { key: ProjectKey<number>; value: PackedStep };
  classifiers: { key: string; value: Classifier };
  unfinished: { key: ProjectKey<string>; value: UnfinishedRow };
  /**
   * Who needs which content, with its file's bytes. A content is there as long as one does; every
   * transaction that takes a use away removes what it leaves without.
   */
  uses: { key: ProjectKey<Sha256>; value: UseRow; indexes: { hash: Sha256 } };
  /** Pictures by hash, as they came (or converted). Apart from thumbnails, so that showing these reads no picture. */
  files: { key: Sha256; value: KeptBlob };
  thumbnails: { key: Sha256; value: KeptBlob };
  /** Version 2 kept files and thumbnails by the sample's id: under which id to look for a hash. */
  moved: { key: Sha256; value: string };
  backbones: { key: string; value: SavedBackbone };
}

export interface ProjectRow {
  readonly summary: ProjectSummary;
  readonly first: number;
  readonly head: number;
  readonly end: number;
  readonly snapshotAt: number;
  /** Counts commits, so that none builds on a state that another tab has changed. */
  readonly revision: number;
}

export interface SnapshotRow extends Omit<Dataset, 'samples'> {
  /** Keys of the samples' chunks in their order, with how many are in each. */
  readonly chunks: readonly { readonly key: number; readonly count: number }[];
}

export interface UseRow {
  readonly projectId: string;
  readonly hash: Sha256;
  readonly bytes: number;
}

export interface UnfinishedRow {
  readonly id: string;
  readonly file: KeptBlob;
  readonly name: string;
  readonly classId: string | null;
  readonly purpose: Purpose;
}

export type Database = IDBPDatabase<Schema>;
export type StoreName =
  | 'projects'
  | 'snapshots'
  | 'chunks'
  | 'steps'
  | 'classifiers'
  | 'unfinished'
  | 'uses'
  | 'files'
  | 'thumbnails'
  | 'moved'
  | 'backbones';
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<
  Schema,
  StoreName[],
  Mode
>;

/** A project's own records, apart from contents. */
export const PROJECT_STORES: readonly StoreName[] = [
  'projects',
  'snapshots',
  'chunks',
  'steps',
  'classifiers',
  'unfinished',
];
export const CONTENT_STORES: readonly StoreName[] = ['uses', 'files', 'thumbnails', 'moved'];

/** All keys of a project in a store; of numbers, those from one on and before another. */
export function keysOf(projectId: string, from?: number, before?: number): IDBKeyRange {
  // An array comes after every number and string.
  return IDBKeyRange.bound(
    from === undefined ? [projectId] : [projectId, from],
    before === undefined ? [projectId, []] : [projectId, before],
    false,
    before !== undefined,
  );
}

/** Takes back all that a transaction did, where a failed request hasn't done so already. */
export function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

/** A rejected request aborts its transaction, whose own error says more. */
export function request<Value>(pending: Promise<Value>): Promise<Value> {
  pending.catch(() => undefined);
  return pending;
}
