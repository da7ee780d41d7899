import type { ModelFile } from './core/backbone.ts';

/** What lies beside the built app, by addresses relative to the page: it may be served from any folder. */

/** The player's files, that an export carries; none where the app was not built with it (development). */
export async function fetchPlayerFiles(base: string = document.baseURI): Promise<ModelFile[]> {
  const list = await fetchJson(new URL('player/index.json', base));
  const names = (Array.isArray(list) ? list : []).flatMap(nameOf);
  return Promise.all(
    names.map(async (name) => {
      const response = await fetch(new URL(`player/${name}`, base));
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    }),
  );
}

/** The page that becomes an export of one file. @throws where the app was not built with it (development). */
export async function fetchPage(base: string = document.baseURI): Promise<string> {
  const response = await fetch(new URL('page.html', base));
  if (!response.ok) throw new Error(`page.html: ${response.status}`);
  return response.text();
}

/** Ids of the backbones that lie on this site; null where it doesn't say. */
export async function fetchOwnModelIds(
  base: string = document.baseURI,
): Promise<ReadonlySet<string> | null> {
  const index = await fetchJson(new URL('models/index.json', base));
  if (typeof index !== 'object' || index === null || !('models' in index)) return null;
  const { models } = index;
  return Array.isArray(models) ? new Set(models.flatMap(idOf)) : null;
}

/** Null where it isn't there: many hosts answer with a page of their own instead of a 404. */
async function fetchJson(url: URL): Promise<unknown> {
  try {
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as unknown) : null;
  } catch {
    return null;
  }
}

function nameOf(entry: unknown): string[] {
  const isNamed = typeof entry === 'object' && entry !== null && 'name' in entry;
  return isNamed && typeof entry.name === 'string' ? [entry.name] : [];
}

function idOf(entry: unknown): string[] {
  const hasId = typeof entry === 'object' && entry !== null && 'id' in entry;
  return hasId && typeof entry.id === 'string' ? [entry.id] : [];
}
