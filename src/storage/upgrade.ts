import type { DBSchema, IDBPDatabase, IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import { accuracyOf, type Classifier } from '../core/classifier.ts';
import {
  compareSamples,
  type Dataset,
  type Purpose,
  type Sample,
  type ClassLabel,
  type Sha256,
} from '../core/dataset.ts';
import { NO_HISTORY } from '../core/history.ts';
import type { ProjectOptions } from '../core/options.ts';
import { planAnew } from './commit-plan.ts';
import { abort, request, type Schema } from './database.ts';
import { bytesOf } from './kept-blob.ts';
import { packSamples, withDefaults } from './packed.ts';
import { projectRow, snapshotRow } from './project-records.ts';

/** What versions 1 and 2 kept: one project, its files and thumbnails by sample id. */
interface SchemaTwo extends DBSchema {
  /** Under fixed names. */
  project: {
    key: 'project' | 'classes' | 'classifier';
    value: ProjectTwo | readonly ClassLabel[] | Classifier;
  };
  samples: { key: string; value: SampleTwo };
}

interface ProjectTwo {
  readonly name: string;
  readonly options: ProjectOptions | null;
}

interface SampleTwo {
  readonly id: string;
  readonly classId: string;
  readonly name: string;
  readonly purpose: 'train' | 'test';
  /** `arriving`: kept, but not looked at yet. */
  readonly state: 'arriving' | 'ready';
  readonly hash: Sha256 | null;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly addedAtMillis: number;
}

type Upgrading = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** Requests that are under way at a time. */
const AT_ONCE = 100;

/**
 * Steps from any older version, in order; a step is never changed once it was released. To 2 there
 * was none: it only kept version 1, which knew pictures as Blobs alone, from opening newer ones.
 */
export async function upgrade(
  database: IDBPDatabase<Schema>,
  oldVersion: number,
  transaction: Upgrading,
): Promise<void> {
  void request(transaction.done);
  makeStores(database, oldVersion);
  if (oldVersion === 0) return;
  try {
    await carryOver(transaction);
    const old = database as unknown as IDBPDatabase<SchemaTwo>;
    old.deleteObjectStore('project');
    old.deleteObjectStore('samples');
  } catch {
    // The version before, with everything in it, stays.
    abort(transaction);
  }
}

/** Of version 2, files, thumbnails and backbones stay as they are; so do embeddings, which another database takes over. */
function makeStores(database: IDBPDatabase<Schema>, oldVersion: number): void {
  if (oldVersion === 0) {
    database.createObjectStore('files');
    database.createObjectStore('thumbnails');
    database.createObjectStore('backbones', { keyPath: 'id' });
  }
  database.createObjectStore('projects', { keyPath: 'summary.id' });
  database
    .createObjectStore('uses', { keyPath: ['projectId', 'hash'] })
    .createIndex('hash', 'hash');
  for (const name of KEYED_APART) database.createObjectStore(name);
}

const KEYED_APART = ['snapshots', 'chunks', 'steps', 'classifiers', 'unfinished', 'moved'] as const;

/** Version 2 held one project. */
async function carryOver(transaction: Upgrading): Promise<void> {
  const old = transaction as unknown as IDBPTransaction<
    SchemaTwo,
    ('project' | 'samples')[],
    'versionchange'
  >;
  const [row, classes = [], classifier = null] = (await Promise.all(
    (['project', 'classes', 'classifier'] as const).map((key) =>
      old.objectStore('project').get(key),
    ),
  )) as [ProjectTwo | undefined, readonly ClassLabel[] | undefined, Classifier | undefined];
  const samples = await readSamples(old.objectStore('samples'));
  const name = row?.name ?? '';
  if (name === '' && classes.length === 0 && samples.length === 0 && classifier === null) return;

  const id = newProjectId();
  const isReady = ({ state, hash }: SampleTwo): boolean => state === 'ready' && hash !== null;
  const ready = samples.filter(isReady);
  const arriving = samples.filter((sample) => !isReady(sample));
  const bytes = await moveContents(transaction, id, ready);
  const known = new Set(classes.map((one) => one.id));
  await setAside(transaction, id, arriving, known);
  await writeProject(transaction, id, bytes, classifier, {
    name,
    classes,
    options: withDefaults(row?.options ?? null),
    samples: ready.map((sample) => carriedOver(sample, known)).sort(compareSamples),
  });
}

async function readSamples(
  store: IDBPObjectStore<SchemaTwo, ('project' | 'samples')[], 'samples', 'versionchange'>,
): Promise<SampleTwo[]> {
  const samples: SampleTwo[] = [];
  for (let range: IDBKeyRange | undefined; ;) {
    const rows = await store.getAll(range, AT_ONCE);
    samples.push(...rows);
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return samples;
    range = IDBKeyRange.lowerBound(last.id, true);
  }
}

function classIn(classes: ReadonlySet<string>, classId: string): string | null {
  return classes.has(classId) ? classId : null;
}

function purposeOf(purpose: SampleTwo['purpose']): Purpose {
  return purpose === 'test' ? 'judge' : 'learn';
}

function carriedOver(sample: SampleTwo, classes: ReadonlySet<string>): Sample {
  const { id, hash, classId, name, purpose, widthPx, heightPx, addedAtMillis } = sample;
  return {
    id,
    hash: hash ?? '',
    classId: classIn(classes, classId),
    purpose: purposeOf(purpose),
    name,
    origin: { kind: 'files', batch: '', path: name, modifiedAtMillis: null },
    widthPx,
    heightPx,
    addedAtMillis,
  };
}

/**
 * Files stay where they are: under another key, large ones would have to be copied.
 *
 * @returns bytes of all files.
 */
async function moveContents(
  transaction: Upgrading,
  projectId: string,
  samples: readonly SampleTwo[],
): Promise<number> {
  const seen = new Set<Sha256>();
  let sum = 0;
  await inTurns(samples, async ({ id, hash }) => {
    if (hash === null || seen.has(hash)) {
      // The same content in two classes was kept twice.
      await removeFile(transaction, id);
      return;
    }
    seen.add(hash);
    const file = await transaction.objectStore('files').get(id);
    const bytes = file === undefined ? 0 : bytesOf(file);
    sum += bytes;
    await transaction.objectStore('moved').put(id, hash);
    await transaction.objectStore('uses').put({ projectId, hash, bytes });
  });
  return sum;
}

async function removeFile(transaction: Upgrading, sampleId: string): Promise<void> {
  await transaction.objectStore('files').delete(sampleId);
  await transaction.objectStore('thumbnails').delete(sampleId);
}

/** Pictures that were never looked at are taken in again. */
async function setAside(
  transaction: Upgrading,
  projectId: string,
  samples: readonly SampleTwo[],
  classes: ReadonlySet<string>,
): Promise<void> {
  await inTurns(samples, async ({ id, name, classId, purpose }) => {
    const file = await transaction.objectStore('files').get(id);
    const own = { id, name, classId: classIn(classes, classId), purpose: purposeOf(purpose) };
    if (file) await transaction.objectStore('unfinished').put({ ...own, file }, [projectId, id]);
    await removeFile(transaction, id);
  });
}

async function writeProject(
  transaction: Upgrading,
  id: string,
  bytes: number,
  classifier: Classifier | null,
  dataset: Dataset,
): Promise<void> {
  const versioned = { dataset, history: NO_HISTORY };
  const plan = planAnew(versioned);
  await inTurns(plan.chunks, ({ key, samples }) =>
    transaction.objectStore('chunks').put(packSamples(samples), [id, key]),
  );
  await transaction.objectStore('snapshots').put(snapshotRow(plan), id);
  if (classifier) await transaction.objectStore('classifiers').put(classifier, id);
  const changedAtMillis = Date.now();
  const createdAtMillis = dataset.samples[0]?.addedAtMillis ?? changedAtMillis;
  const accuracy = classifier && accuracyOf(classifier);
  const times = { createdAtMillis, changedAtMillis, deletedAtMillis: null };
  await transaction
    .objectStore('projects')
    .put(projectRow(plan, { id, ...times, accuracy, bytes }, 0));
}

/** Several at a time, few enough that none of it is a long task on the page. */
async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(work));
}

function newProjectId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
