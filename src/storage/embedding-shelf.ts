import {
  spaceKey,
  type EmbeddingRow,
  type EmbeddingShelf,
  type EmbeddingSpace,
} from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import { DATABASE_NAME } from './database.ts';
import { dropOldEmbeddings, listOldEmbeddings, moveOldEmbeddings } from './old-embeddings.ts';
import {
  appendRows,
  dropRows,
  listHashes,
  listRecords,
  openShelfDatabase,
  readRecord,
  ROWS_A_RECORD,
  type ShelfDatabase,
  type ShelfRecord,
} from './shelf-records.ts';

/** Rows written in one transaction; so many are computed again after a killed tab. */
const ROWS_A_WRITE = 64;
/** How long a row waits for others at most. */
const WAIT_MILLIS = 1000;
/** Records read at once: some megabytes. */
const RECORDS_AT_ONCE = 4;

/**
 * The shelf of a database, opened at its first use.
 *
 * @param oldName of the database that kept embeddings before: what is found there moves over.
 */
export function openEmbeddingShelf(name: string, oldName: string = DATABASE_NAME): EmbeddingShelf {
  return new IndexedDbShelf(name, oldName);
}

/** What is known to lie in one space. */
class Contents {
  /** Record of each picture. */
  readonly recordOf = new Map<Sha256, string>();
  /** A record that has room. */
  tail: string | null = null;
  /** Whether the old database was asked. */
  complete = false;

  hear(records: readonly ShelfRecord[]): void {
    for (const { id, hashes } of records) {
      for (const hash of hashes) this.recordOf.set(hash, id);
      if (hashes.length < ROWS_A_RECORD) this.tail = id;
      else if (this.tail === id) this.tail = null;
    }
  }
}

class IndexedDbShelf implements EmbeddingShelf {
  readonly #name: string;
  readonly #oldName: string;
  #database: Promise<ShelfDatabase> | null = null;
  readonly #contents = new Map<string, Contents>();
  #waiting: { readonly space: string; readonly row: EmbeddingRow }[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(name: string, oldName: string) {
    this.#name = name;
    this.#oldName = oldName;
  }

  read(
    space: EmbeddingSpace,
    hashes: ReadonlySet<Sha256>,
    onRow: (row: EmbeddingRow) => void,
  ): Promise<void> {
    const found = new Set<Sha256>();
    const hand = (rows: readonly EmbeddingRow[]): void => {
      for (const row of rows) {
        if (!hashes.has(row.hash)) continue;
        found.add(row.hash);
        onRow(row);
      }
    };
    return this.#then(async (database) => {
      const key = spaceKey(space);
      const contents = await this.#contentsOf(database, key);
      const records = new Set([...hashes].flatMap((hash) => contents.recordOf.get(hash) ?? []));
      const ids = [...records];
      for (let from = 0; from < ids.length; from += RECORDS_AT_ONCE) {
        const batch = ids.slice(from, from + RECORDS_AT_ONCE);
        const read = await Promise.all(batch.map((id) => readRecord(database, key, id)));
        for (const rows of read) hand(rows);
      }
      // What another tab has dropped is to be kept when it comes again.
      for (const hash of hashes) if (!found.has(hash)) contents.recordOf.delete(hash);
      if (contents.complete || [...hashes].every((hash) => contents.recordOf.has(hash))) return;
      contents.complete = true;
      await moveOldEmbeddings(this.#oldName, space, (rows) => {
        hand(rows);
        return this.#write(database, key, rows);
      });
    });
  }

  add(space: EmbeddingSpace, row: EmbeddingRow): void {
    this.#waiting.push({ space: spaceKey(space), row });
    if (this.#waiting.length >= ROWS_A_WRITE) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), WAIT_MILLIS);
  }

  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return this.#last;
    return this.#then(async (database) => {
      for (const space of new Set(waiting.map((one) => one.space))) {
        const rows = waiting.filter((one) => one.space === space).map(({ row }) => row);
        await this.#write(database, space, rows);
      }
    });
  }

  async hashes(): Promise<ReadonlySet<Sha256>> {
    const found = new Set(this.#waiting.map(({ row }) => row.hash));
    const take = (hashes: Iterable<Sha256>): void => {
      for (const hash of hashes) found.add(hash);
    };
    void this.#then(async (database) => {
      take(await listHashes(database));
    });
    await this.#then(() => listOldEmbeddings(this.#oldName, take));
    return found;
  }

  drop(hashes: ReadonlySet<Sha256>): Promise<void> {
    this.#waiting = this.#waiting.filter(({ row }) => !hashes.has(row.hash));
    void this.#then(async (database) => {
      this.#contents.clear();
      await dropRows(database, hashes);
    });
    return this.#then(() => dropOldEmbeddings(this.#oldName, hashes));
  }

  /** @returns whether the disk took them. */
  async #write(
    database: ShelfDatabase,
    space: string,
    rows: readonly EmbeddingRow[],
  ): Promise<boolean> {
    try {
      const contents = await this.#contentsOf(database, space);
      const fresh = rows.filter(({ hash }) => !contents.recordOf.has(hash));
      if (fresh.length > 0) contents.hear(await appendRows(database, space, contents.tail, fresh));
      return true;
    } catch {
      // Full, most likely.
      return false;
    }
  }

  async #contentsOf(database: ShelfDatabase, space: string): Promise<Contents> {
    const known = this.#contents.get(space);
    if (known) return known;
    const contents = new Contents();
    contents.hear(await listRecords(database, space));
    this.#contents.set(space, contents);
    return contents;
  }

  /** One thing after the other. What fails is as if it had not been asked for. */
  #then(work: (database: ShelfDatabase) => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        await work(await this.#connect());
      } catch {
        // Refused, full, or ended from outside: everything here can be computed again.
      }
    });
    return this.#last;
  }

  #connect(): Promise<ShelfDatabase> {
    this.#database ??= openShelfDatabase(this.#name, () => {
      this.#database = null;
      this.#contents.clear();
    }).catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }
}
