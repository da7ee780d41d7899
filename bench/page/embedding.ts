import { createRandom } from '../../src/core/random.ts';
import type { Engine } from '../../src/engine/contract.ts';
import { embedPictures, EmbeddingCache } from '../../src/state/pipeline/embed.ts';
import type { Store } from '../../src/storage/contract.ts';
import { openIndexedDbStore } from '../../src/storage/indexeddb-store.ts';
import type { Work } from './contract.ts';
import { timed } from './task.ts';

/** As the pipeline writes them. */
const EMBEDDINGS_A_WRITE = 64;
const LENGTH = 1280;

/** The app's own stage: read, decode, crop, embed, and keep in IndexedDB. */
export async function embedIntoStore(
  engine: Pick<Engine, 'embed'>,
  backboneSha256: string,
  files: readonly File[],
): Promise<Work> {
  const store = await openStore();
  const cache = new EmbeddingCache({ backboneSha256, crop: 'centre' });
  const missing = files.map((_, index) => ({ hash: String(index), sampleId: String(index) }));
  const library = {
    readFile: (id: string) => Promise.resolve(files[Number(id)] ?? null),
  };
  try {
    return await timed(files.length, async () => {
      const signal = new AbortController().signal;
      await embedPictures(missing, cache, { engine, store, library }, () => undefined, signal);
      if (missing.some(({ hash }) => !cache.get(hash))) throw new Error('not all were embedded');
    });
  } finally {
    await store.clear();
  }
}

export async function storeEmbeddings(backboneSha256: string, count: number): Promise<Work> {
  const store = await openStore();
  const random = createRandom(1);
  const entries = Array.from({ length: count }, (_, index) => ({
    key: { backboneSha256, crop: 'centre' as const, hash: String(index) },
    embedding: Float32Array.from({ length: LENGTH }, () => random.next()),
  }));
  try {
    return await timed(count, async () => {
      for (let from = 0; from < count; from += EMBEDDINGS_A_WRITE) {
        const written = await store.putEmbeddings(entries.slice(from, from + EMBEDDINGS_A_WRITE));
        if (!written.ok) throw new Error(written.problem.code);
      }
    });
  } finally {
    await store.clear();
  }
}

/** Row-major, base64 of little-endian float32: what can leave the page. */
export async function collectEmbeddings(
  engine: Pick<Engine, 'embed'>,
  files: readonly File[],
): Promise<{ length: number; base64: string }> {
  const rows = await embedFiles(engine, files);
  const bytes = new Uint8Array(await new Blob([...rows]).arrayBuffer());
  return { length: rows[0]?.length ?? 0, base64: toBase64(bytes) };
}

export async function embedFiles(
  engine: Pick<Engine, 'embed'>,
  files: readonly File[],
): Promise<readonly Float32Array<ArrayBuffer>[]> {
  const items = files.map((file, index) => ({ key: String(index), file }));
  const found = new Map<string, Float32Array<ArrayBuffer>>();
  await engine.embed(items, 'centre', {
    onReport: (report) => {
      for (const one of report) if ('embedding' in one) found.set(one.key, one.embedding);
    },
  });
  return items.map(({ key }) => {
    const row = found.get(key);
    if (row === undefined) throw new Error(`${files[Number(key)]?.name ?? ''} was not embedded`);
    return row;
  });
}

async function openStore(): Promise<Store> {
  const opened = await openIndexedDbStore('headstart-bench');
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value;
}

/** In pieces: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(text);
}
