import { createBreather } from '../core/breathe.ts';
import type { ModelFile } from '../core/backbone.ts';
import {
  unpackHashes,
  type EmbeddingRow,
  type EmbeddingShelf,
  type EmbeddingSpace,
} from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import { Cancelled } from '../core/problem.ts';
import type {
  EmbeddingsRequest,
  EmbedItem,
  EmbedReport,
  RecalledRows,
  SpaceId,
} from './contract.ts';
import { embedAll, type EmbedTools } from './embed.ts';
import type { EmbeddingStore, HeldSpace } from './embedding-store.ts';
import type { Reporter } from './remote.ts';

/** What the engine does with embeddings: they are made, kept and read here, and the page knows them by row. */
export interface Embeddings {
  recall(space: EmbeddingSpace, hashes: Uint8Array): Promise<RecalledRows>;
  /** @param toolsFor what embeds with a backbone. */
  embed(
    items: readonly EmbedItem[],
    space: SpaceId,
    toolsFor: (backboneSha256: string) => EmbedTools,
    report: Reporter<EmbedReport>,
    cancel: AbortSignal,
  ): Promise<void>;
  keepOnly(hashes: Uint8Array): Promise<boolean>;
  write(request: EmbeddingsRequest): Promise<readonly ModelFile[]>;
  /** Puts an embedding into a space and onto the shelf. @returns its row. */
  keep(into: HeldSpace, row: EmbeddingRow): number;
  /** @throws {Cancelled} where the space is void. */
  held(space: SpaceId): HeldSpace;
}

/** @param shelf null where embeddings live only as long as the page. */
export function createEmbeddings(store: EmbeddingStore, shelf: EmbeddingShelf | null): Embeddings {
  /** What was needless when it was asked last. */
  let needless: ReadonlySet<Sha256> = new Set();
  const held = (space: SpaceId) => {
    const found = store.held(space);
    if (found === null) throw new Cancelled();
    return found;
  };
  const keep = (into: HeldSpace, { hash, values }: EmbeddingRow) => {
    const isNew = into.rowOf(hash) < 0;
    const row = into.add({ hash, values });
    if (isNew) shelf?.add(into.space, { hash, values: into.at(row) });
    return row;
  };
  return {
    held,
    keep,
    recall: async (space, packed) => {
      const hashes = unpackHashes(packed);
      const opened = store.open(space);
      const missing = hashes.filter((hash) => opened.rowOf(hash) < 0);
      if (missing.length > 0) await shelf?.read(space, new Set(missing), (row) => opened.add(row));
      return { id: opened.id, rows: Int32Array.from(hashes, (hash) => opened.rowOf(hash)) };
    },
    embed: async (items, id, toolsFor, report, cancel) => {
      const into = held(id);
      const { space } = into;
      const tools = toolsFor(space.backboneSha256);
      try {
        await embedAll(items, space.view, tools, (row) => keep(into, row), report, cancel);
      } finally {
        void shelf?.flush();
      }
    },
    keepOnly: async (packed) => {
      const needed = new Set(unpackHashes(packed));
      const there = [...((await shelf?.hashes()) ?? []), ...store.hashes()];
      const before = needless;
      needless = new Set(there.filter((hash) => !needed.has(hash)));
      const going = new Set([...needless].filter((hash) => before.has(hash)));
      const wereHeld = store.drop(going);
      if (going.size > 0) await shelf?.drop(going);
      return wereHeld;
    },
    write: async ({ space: id, rows, samples, ...rest }) => {
      const space = held(id);
      const { writeEmbeddings } = await import('../formats/write-embeddings.ts');
      const embedded = samples.map((sample, index) => ({
        ...sample,
        embedding: space.at(rows[index] ?? -1),
      }));
      return writeEmbeddings({ ...rest, samples: embedded }, 'Headstart', createBreather());
    },
  };
}
