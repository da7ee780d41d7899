/** As the backbones' cache: what was fetched once needs no network again. */
const CACHE_NAME = 'headstart-runtime-1';

/**
 * A file of the site by its address, which changes with its contents, so one
 * that is kept stays right. Older ones go when a new one comes.
 *
 * @throws where it can't be had.
 */
export async function keepFile(url: string): Promise<ArrayBuffer> {
  const cache = await openCache();
  const kept = await cache?.match(url);
  if (kept !== undefined) return kept.arrayBuffer();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${String(response.status)} for ${url}`);
  const bytes = await response.arrayBuffer();
  await replaceFile(cache, url, bytes).catch(() => undefined);
  return bytes;
}

/** Null where there is none: no secure context, or refused. */
async function openCache(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE_NAME);
  } catch {
    return null;
  }
}

async function replaceFile(cache: Cache | null, url: string, bytes: ArrayBuffer): Promise<void> {
  if (cache === null) return;
  for (const old of await cache.keys()) {
    if (old.url.endsWith('.wasm')) await cache.delete(old);
  }
  await cache.put(url, new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
}

/** A short text under a name, or null. */
export async function readNote(name: string, baseUrl: string): Promise<string | null> {
  const note = await (await openCache())?.match(noteUrl(name, baseUrl));
  return (await note?.text()) ?? null;
}

/** Where keeping is refused, quietly not. */
export async function keepNote(name: string, baseUrl: string, text: string): Promise<void> {
  const cache = await openCache();
  await cache?.put(noteUrl(name, baseUrl), new Response(text)).catch(() => undefined);
}

function noteUrl(name: string, baseUrl: string): URL {
  return new URL(`runtime/${encodeURIComponent(name)}`, baseUrl);
}
