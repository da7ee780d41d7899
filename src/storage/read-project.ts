import { createBreather } from '../core/breathe.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Dataset, Sha256 } from '../core/dataset.ts';
import { apply, type Edit } from '../core/edit.ts';
import { NO_HISTORY, type Step } from '../core/history.ts';
import type { Chunk, OnDisk } from './commit-plan.ts';
import { hashesOfEdit, hashesOfSteps } from './content-needs.ts';
import { inTurns } from './database-contents.ts';
import {
  keysOf,
  PROJECT_STORES,
  request,
  type Database,
  type ProjectRow,
  type Schema,
  type SnapshotRow,
  type StoreName,
} from './database.ts';
import { fromKept } from './kept-blob.ts';
import {
  unpackSamples,
  type PackedSamples,
  unpackStep,
  withDefaults,
  type PackedStep,
} from './packed.ts';
import type { UnfinishedPicture } from './contract.ts';

/** Step records read at once: unpacking them stays a short task on the page. */
const STEPS_PER_READ = 32;

interface Records {
  readonly row: ProjectRow;
  readonly snapshot: SnapshotRow;
  /** In the order of the snapshot's; undefined where one is missing. */
  readonly chunks: readonly (PackedSamples | undefined)[];
  /** From `row.first` on. */
  readonly steps: readonly PackedStep[];
  readonly classifier: Classifier | null;
  readonly unfinished: readonly UnfinishedPicture[];
}

export interface ReadProject extends Pick<Records, 'row' | 'classifier' | 'unfinished'> {
  readonly onDisk: OnDisk;
  /** Pictures that are lost; null where nothing is damaged. */
  readonly lost: number | null;
}

type Breathe = () => Promise<void>;

/** @returns null where there is no such project. @throws where it can't be read at all. */
export async function readProject(database: Database, id: string): Promise<ReadProject | null> {
  const records = await readRecords(database, id);
  if (records === null) return null;
  const { row, classifier, unfinished } = records;
  const breathe = createBreather();
  const { chunks, lost } = await unpackChunks(records, breathe);
  const steps = await unpackSteps(records, breathe);
  const { name, classes, options } = records.snapshot;
  const samples = chunks.flatMap((chunk) => chunk.samples);
  const base = { name, classes, options: withDefaults(options), samples };
  const { dataset, fits } = await replay(base, steps ?? [], row, breathe);
  if (steps === null || lost > 0 || !fits) {
    const versioned = { dataset, history: NO_HISTORY };
    const onDisk = { first: 0, head: 0, end: 0, snapshotAt: 0, chunks, versioned, damaged: true };
    return { row, onDisk, classifier, unfinished, lost };
  }
  const { first, head, end, snapshotAt } = row;
  const done = steps.slice(0, head - first);
  const undone = steps.slice(head - first).reverse();
  const gone = await goneContents(database, id, steps, dataset);
  const history = {
    done: done.slice(1 + done.findLastIndex(({ inverse }) => brings(inverse, gone))),
    undone: undone.slice(1 + undone.findLastIndex(({ edit }) => brings(edit, gone))),
  };
  const damaged = history.done.length + history.undone.length < steps.length;
  const onDisk = { first, head, end, snapshotAt, chunks, versioned: { dataset, history }, damaged };
  return { row, onDisk, classifier, unfinished, lost: null };
}

/**
 * What undoing and redoing would bring back without its content: the history was let go, and then
 * the disk had no room to write so; or a file went away before it could be kept.
 */
async function goneContents(
  database: Database,
  id: string,
  steps: readonly Step[],
  dataset: Dataset,
): Promise<ReadonlySet<Sha256>> {
  const hashes = hashesOfSteps(steps);
  for (const { hash } of dataset.samples) hashes.delete(hash);
  const { store } = database.transaction('uses');
  await inTurns([...hashes], async (hash) => {
    if ((await store.getKey([id, hash])) !== undefined) hashes.delete(hash);
  });
  return hashes;
}

function brings(edit: Edit, hashes: ReadonlySet<Sha256>): boolean {
  return hashes.size > 0 && [...hashesOfEdit(edit)].some((hash) => hashes.has(hash));
}

interface Reader {
  get<Name extends StoreName>(
    store: Name,
    key: Schema[Name]['key'],
  ): Promise<Schema[Name]['value'] | undefined>;
  getAll<Name extends StoreName>(
    store: Name,
    range: IDBKeyRange,
    count?: number,
  ): Promise<Schema[Name]['value'][]>;
}

/** All of one moment; where a record can't be read, as much as the others give. */
async function readRecords(database: Database, id: string): Promise<Records | null> {
  const transaction = database.transaction(PROJECT_STORES);
  void request(transaction.done);
  try {
    return await readWith(id, {
      get: (store, key) => transaction.objectStore(store).get(key),
      getAll: (store, range, count) => transaction.objectStore(store).getAll(range, count),
    });
  } catch {
    return readWith(id, {
      get: (store, key) => database.get(store, key).catch(() => undefined),
      getAll: (store, range, count) => database.getAll(store, range, count).catch(() => []),
    });
  }
}

async function readWith(id: string, reader: Reader): Promise<Records | null> {
  const row = await reader.get('projects', id);
  if (!row) return null;
  const snapshot = await reader.get('snapshots', id);
  if (!snapshot) throw new Error('the dataset of this project is missing');
  const [chunks, classifier, waiting] = await Promise.all([
    Promise.all(snapshot.chunks.map(({ key }) => reader.get('chunks', [id, key]))),
    reader.get('classifiers', id),
    reader.getAll('unfinished', keysOf(id)),
  ]);
  const steps: PackedStep[] = [];
  for (let from = row.first; from < row.end; from += STEPS_PER_READ)
    steps.push(...(await reader.getAll('steps', keysOf(id, from, from + STEPS_PER_READ))));
  const unfinished = waiting.map(({ file, ...rest }) => ({ ...rest, file: fromKept(file) }));
  return { row, snapshot, chunks, steps, classifier: classifier ?? null, unfinished };
}

async function unpackChunks(
  { snapshot, chunks }: Records,
  breathe: Breathe,
): Promise<{ readonly chunks: readonly Chunk[]; readonly lost: number }> {
  const unpacked: Chunk[] = [];
  let lost = 0;
  for (const [index, { key, count }] of snapshot.chunks.entries()) {
    await breathe();
    const packed = chunks[index];
    const samples = packed ? tryTo(() => unpackSamples(packed)) : null;
    lost += Math.max(0, count - (samples?.length ?? 0));
    if (samples) unpacked.push({ key, samples });
  }
  return { chunks: unpacked, lost };
}

/** @returns null where one is missing. */
async function unpackSteps(
  { row, steps }: Records,
  breathe: Breathe,
): Promise<readonly Step[] | null> {
  const unpacked: Step[] = [];
  for (const packed of steps) {
    await breathe();
    const step = tryTo(() => unpackStep(packed));
    if (step) unpacked.push(step);
  }
  return unpacked.length === row.end - row.first ? unpacked : null;
}

/** From the snapshot to the present: forward, or back where more was undone than done since. */
async function replay(
  base: Dataset,
  steps: readonly Step[],
  { first, head, snapshotAt }: ProjectRow,
  breathe: Breathe,
): Promise<{ readonly dataset: Dataset; readonly fits: boolean }> {
  const edits =
    head >= snapshotAt
      ? steps.slice(snapshotAt - first, head - first).map(({ edit }) => edit)
      : steps
          .slice(head - first, snapshotAt - first)
          .reverse()
          .map(({ inverse }) => inverse);
  let dataset = base;
  let fits = true;
  for (const edit of edits) {
    await breathe();
    const after = tryTo(() => apply(dataset, edit));
    fits &&= after !== null;
    dataset = after ?? dataset;
  }
  return { dataset, fits };
}

/** @returns null where what was kept is not what it should be. */
function tryTo<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch {
    return null;
  }
}
