import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Crop } from '../core/preprocess.ts';
import type { ClassLabel, Sample } from '../core/dataset.ts';
import type { SavedBackbone, SavedClassifier, SavedProject } from './contract.ts';
import type { KeptBlob } from './kept-blob.ts';

export const DATABASE_NAME = 'headstart';

/** Raise it with every change of the stores below, and add a step to {@link upgrade}. */
export const SCHEMA_VERSION = 2;

export type OldEmbeddingKey = [backboneSha256: string, crop: Crop, hash: string];

/**
 * One database holds one project.
 *
 * Keys are ids and hashes that the app makes itself, or fixed words; what a
 * person wrote (labels, file names) is only ever part of a value.
 */
export interface Schema extends DBSchema {
  /** Small things that are read and replaced whole, under fixed names. */
  project: {
    key: 'project' | 'classes' | 'classifier';
    value: ProjectRow | readonly ClassLabel[] | SavedClassifier;
  };
  samples: { key: string; value: Sample };
  /** Pictures by sample id, as they came (or converted). Apart from samples, so that listing these reads no picture. */
  files: { key: string; value: KeptBlob };
  thumbnails: { key: string; value: KeptBlob };
  backbones: { key: string; value: SavedBackbone };
  /** From before embeddings had a database of their own, where they move: see old-embeddings.ts. */
  embeddings: { key: OldEmbeddingKey; value: Float32Array<ArrayBuffer> };
}

export type ProjectRow = Pick<SavedProject, 'name' | 'options'>;
export type Database = IDBPDatabase<Schema>;

export const STORES = [
  'project',
  'samples',
  'files',
  'thumbnails',
  'backbones',
  'embeddings',
] as const;
export type StoreName = (typeof STORES)[number];
export type WriteTransaction = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

/**
 * Steps from any older version, in order; a step is never changed once it was released. To 2 there
 * is none: it only keeps version 1, which knew pictures as Blobs alone, from opening newer ones.
 */
function upgrade(database: Database, oldVersion: number): void {
  if (oldVersion < 1) {
    database.createObjectStore('project');
    database.createObjectStore('samples', { keyPath: 'id' });
    database.createObjectStore('files');
    database.createObjectStore('thumbnails');
    database.createObjectStore('backbones', { keyPath: 'id' });
    database.createObjectStore('embeddings');
  }
}

/**
 * Opens the database, made or upgraded where needed.
 *
 * A tab with a newer version of the app must be able to upgrade it, so this
 * connection closes when one asks; writing then fails here and the person is
 * told. The other way round, waiting for ever behind a tab with an older
 * version would look like a hang: that is an error after `blockedMillis`.
 *
 * @throws where the browser refuses.
 */
export function openDatabase(
  name: string,
  onClosed: () => void,
  blockedMillis = 3000,
): Promise<Database> {
  return new Promise((resolve, reject) => {
    const opening = openDB<Schema>(name, SCHEMA_VERSION, {
      upgrade,
      blocked: () =>
        setTimeout(() => reject(new Error('another tab holds an older version')), blockedMillis),
      blocking: () => {
        void opening.then((database) => database.close());
        onClosed();
      },
      terminated: onClosed,
    });
    opening.then(resolve, reject);
  });
}
