import { packHashes, pooledSpace } from '../../src/core/embedding.ts';
import { createRandom } from '../../src/core/random.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import { embeddingsOf, freshHashes } from '../../src/engine/testing/rows.ts';
import { embedPictures, noRows, recallRows } from '../../src/pipeline/embed.ts';
import { openEmbeddingShelf } from '../../src/storage/embedding-shelf.ts';
import type { Work } from './contract.ts';
import { timed } from './task.ts';

/** The engine of the benchmark keeps embeddings here. */
export const SHELF = 'headstart-bench';
const LENGTH = 1280;

/** The app's own stage: read, decode, crop, embed, and keep in IndexedDB. */
export async function embedIntoStore(
  engine: Pick<EngineClient, 'recall' | 'embed' | 'keepEmbeddings'>,
  backboneSha256: string,
  files: readonly File[],
): Promise<Work> {
  const rows = noRows(backboneSha256, 'centre');
  const missing = freshHashes(files.length).map((hash, index) => ({
    hash,
    sampleId: String(index),
  }));
  const library = {
    readFile: (id: string) => Promise.resolve(files[Number(id)] ?? null),
  };
  try {
    return await timed(files.length, async () => {
      const { signal } = new AbortController();
      await recallRows(missing, rows, engine);
      await embedPictures(missing, rows, { engine, library }, () => undefined, signal);
      if (rows.size < files.length) throw new Error('not all were embedded');
    });
  } finally {
    await engine.keepEmbeddings(packHashes([]));
  }
}

export async function storeEmbeddings(backboneSha256: string, count: number): Promise<Work> {
  const shelf = openEmbeddingShelf(`${SHELF}-page`, `${SHELF}-none`);
  const random = createRandom(1);
  const rows = freshHashes(count).map((hash) => ({
    hash,
    values: Float32Array.from({ length: LENGTH }, () => random.next()),
  }));
  try {
    return await timed(count, async () => {
      for (const row of rows) shelf.add(pooledSpace(backboneSha256, 'centre'), row);
      await shelf.flush();
    });
  } finally {
    await shelf.drop(await shelf.hashes());
  }
}

/** Row-major, base64 of little-endian float32: what can leave the page. */
export async function collectEmbeddings(
  engine: Pick<EngineClient, 'recall' | 'embed' | 'readRows'>,
  backboneSha256: string,
  files: readonly File[],
): Promise<{ length: number; base64: string }> {
  const rows = await embeddingsOf(engine, backboneSha256, files);
  const bytes = new Uint8Array(await new Blob([...rows]).arrayBuffer());
  return { length: rows[0]?.length ?? 0, base64: toBase64(bytes) };
}

/** In pieces: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(text);
}
