/** Beside the backbones' cache. */
const CACHE_NAME = 'headstart-runtime-2';

/** Null where there is none: no secure context, or refused. */
async function openCache(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE_NAME);
  } catch {
    return null;
  }
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
