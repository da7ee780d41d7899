import { failed, ok, type Result } from '../core/problem.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { SavedBackbone, SavedClassifier, SavedProject, Store } from './contract.ts';
import { readSamples } from './indexeddb-reads.ts';
import {
  DATABASE_NAME,
  openDatabase,
  STORES,
  type Database,
  type ProjectRow,
  type StoreName,
  type WriteTransaction,
} from './schema.ts';
import { fromKept } from './kept-blob.ts';
import { keepBlobs, putSamples, request, type SampleParts } from './kept-samples.ts';
import { storageProblem } from './storage-problem.ts';

type Work = (transaction: WriteTransaction) => void;

/**
 * What can't be had again (pictures, labels, a fitted head) is flushed to the
 * disk itself, so that it outlives a power cut; what can be computed again is
 * left to the operating system's buffers, which outlive a killed tab or browser.
 */
type Durability = 'strict' | 'relaxed';

/** Opens the project on this machine's disk. `open` is there for tests that make it fail. */
export async function openIndexedDbStore(
  name: string = DATABASE_NAME,
  open: (name: string, onClosed: () => void) => Promise<Database> = openDatabase,
): Promise<Result<Store>> {
  const store = new IndexedDbStore(() => open(name, () => store.forgetConnection()));
  try {
    await store.connect();
    return ok(store);
  } catch (error) {
    return failed(await storageProblem(error));
  }
}

class IndexedDbStore implements Store {
  #connection: Promise<Database> | null = null;
  readonly #open: () => Promise<Database>;

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  /** A connection can be ended from outside (storage cleared, a newer tab): the next call opens anew. */
  forgetConnection(): void {
    this.#connection = null;
  }

  connect(): Promise<Database> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  async #write(
    stores: StoreName[],
    durability: Durability,
    prepared: Work | Promise<Work>,
    fileName?: string,
  ): Promise<Result<void>> {
    try {
      const work = await prepared;
      const database = await this.connect();
      const transaction = database.transaction(stores, 'readwrite', { durability });
      try {
        work(transaction);
      } catch (error) {
        request(transaction.done);
        transaction.abort();
        throw error;
      }
      await transaction.done;
      return ok(undefined);
    } catch (error) {
      return failed(await storageProblem(error, fileName));
    }
  }

  async load(): Promise<Result<SavedProject>> {
    try {
      const database = await this.connect();
      const [project, classes, classifier] = await Promise.all([
        database.get('project', 'project') as Promise<ProjectRow | undefined>,
        database.get('project', 'classes') as Promise<readonly ClassLabel[] | undefined>,
        database.get('project', 'classifier') as Promise<SavedClassifier | undefined>,
      ]);
      return ok({
        name: project?.name ?? '',
        classes: classes ?? [],
        options: project?.options ?? null,
        samples: await readSamples(database),
        classifier: classifier ?? null,
      });
    } catch (error) {
      return failed(await storageProblem(error));
    }
  }

  saveProject(project: Pick<SavedProject, 'name' | 'classes' | 'options'>): Promise<Result<void>> {
    const { name, classes, options } = project;
    return this.#write(['project'], 'strict', (transaction) => {
      request(transaction.objectStore('project').put({ name, options }, 'project'));
      request(transaction.objectStore('project').put(classes, 'classes'));
    });
  }

  addSamples(
    classes: readonly ClassLabel[],
    samples: readonly SampleParts[],
  ): Promise<Result<void>> {
    const prepare = async (): Promise<Work> => {
      const kept = await Promise.all(samples.map(keepBlobs));
      return (transaction) => {
        request(transaction.objectStore('project').put(classes, 'classes'));
        putSamples(transaction, kept);
      };
    };
    return this.#write(
      ['project', 'samples', 'files', 'thumbnails'],
      'strict',
      prepare(),
      samples[0]?.sample.name,
    );
  }

  updateSamples(updates: readonly SampleParts[]): Promise<Result<void>> {
    const prepare = async (): Promise<Work> => {
      const kept = await Promise.all(updates.map(keepBlobs));
      return (transaction) => {
        putSamples(transaction, kept);
      };
    };
    return this.#write(['samples', 'files', 'thumbnails'], 'relaxed', prepare());
  }

  removeSamples(ids: readonly string[]): Promise<Result<void>> {
    return this.#write(['samples', 'files', 'thumbnails'], 'strict', (transaction) => {
      for (const id of ids) {
        request(transaction.objectStore('samples').delete(id));
        request(transaction.objectStore('files').delete(id));
        request(transaction.objectStore('thumbnails').delete(id));
      }
    });
  }

  readFile(sampleId: string): Promise<Blob | null> {
    return this.#readBlob('files', sampleId);
  }

  readThumbnail(sampleId: string): Promise<Blob | null> {
    return this.#readBlob('thumbnails', sampleId);
  }

  async #readBlob(from: 'files' | 'thumbnails', sampleId: string): Promise<Blob | null> {
    try {
      const database = await this.connect();
      const kept = await database.get(from, sampleId);
      return kept === undefined ? null : fromKept(kept);
    } catch {
      return null;
    }
  }

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>> {
    return this.#write(['backbones'], 'strict', (transaction) => {
      request(transaction.objectStore('backbones').put(backbone));
    });
  }

  async readBackbone(id: string): Promise<SavedBackbone | null> {
    try {
      const database = await this.connect();
      return (await database.get('backbones', id)) ?? null;
    } catch {
      return null;
    }
  }

  saveClassifier(classifier: SavedClassifier | null): Promise<Result<void>> {
    return this.#write(['project'], 'strict', (transaction) => {
      const store = transaction.objectStore('project');
      request(classifier ? store.put(classifier, 'classifier') : store.delete('classifier'));
    });
  }

  clear(): Promise<Result<void>> {
    return this.#write([...STORES], 'strict', (transaction) => {
      for (const store of STORES) request(transaction.objectStore(store).clear());
    });
  }

  async persist(): Promise<boolean> {
    try {
      return await navigator.storage.persist();
    } catch {
      return false;
    }
  }
}
