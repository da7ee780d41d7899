import {
  spaceKey,
  type EmbeddingRow,
  type EmbeddingShelf,
  type EmbeddingSpace,
} from '../../core/embedding.ts';

/** A shelf that lives as long as the test. */
export function memoryShelf(): EmbeddingShelf {
  const kept = new Map<string, EmbeddingRow>();
  const key = (space: EmbeddingSpace, hash: string) => `${spaceKey(space)} ${hash}`;
  return {
    read: (space, hashes, onRow) => {
      for (const hash of hashes) {
        const row = kept.get(key(space, hash));
        if (row) onRow(row);
      }
      return Promise.resolve();
    },
    add: (space, row) => {
      kept.set(key(space, row.hash), row);
    },
    hashes: () => Promise.resolve(new Set([...kept.values()].map(({ hash }) => hash))),
    drop: (hashes) => {
      for (const [one, { hash }] of kept) if (hashes.has(hash)) kept.delete(one);
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
  };
}
