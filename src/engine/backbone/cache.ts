import type { InputRange } from '../../core/preprocess.ts';
import type { ModelFile } from '../../core/backbone.ts';
import {
  checkWeights,
  flatName,
  parseModelJson,
  type ModelParts,
} from '../../network/read/model-parts.ts';

/**
 * Backbones in Cache Storage, so that the next visit needs no network. Each
 * lies under `models/<id>/` of the page, model.json put last: where that is,
 * everything is. The cache may be missing (no secure context), refused or full;
 * then the next visit downloads again.
 */
const CACHE_NAME = 'headstart-backbones-1';
const RANGE_HEADER = 'x-input-range';

export interface CachedModel {
  readonly parts: ModelParts;
  /** What the hosting that it came from is known to want; null where it isn't. */
  readonly hostingRange: InputRange | null;
}

/** Null where it isn't there, or not whole. */
export async function readCachedModel(id: string, baseUrl: string): Promise<CachedModel | null> {
  try {
    const cache = await caches.open(CACHE_NAME);
    const main = await cache.match(keyOf(id, 'model.json', baseUrl));
    if (main === undefined) return null;
    const bytes = await bytesOf(main);
    const json = parseModelJson('model.json', bytes);
    if (!json.ok) return null;
    const files: ModelFile[] = [{ name: 'model.json', bytes }];
    for (const name of json.value.groups.flatMap((group) => group.paths.map(flatName))) {
      const weights = await cache.match(keyOf(id, name, baseUrl));
      if (weights === undefined) return null;
      files.push({ name, bytes: await bytesOf(weights) });
    }
    const parts = { json: json.value, files };
    if (!checkWeights(parts).ok) return null;
    return { parts, hostingRange: parseRange(main.headers.get(RANGE_HEADER)) };
  } catch {
    return null;
  }
}

/** Keeps a whole model; where that is refused, quietly not. */
export async function cacheModel(
  id: string,
  baseUrl: string,
  { parts, hostingRange }: CachedModel,
): Promise<void> {
  try {
    const cache = await caches.open(CACHE_NAME);
    for (const { name, bytes } of [...parts.files].reverse()) {
      const headers = new Headers({ 'content-type': 'application/octet-stream' });
      if (hostingRange !== null) headers.set(RANGE_HEADER, hostingRange.join(' '));
      await cache.put(keyOf(id, name, baseUrl), new Response(bytes, { headers }));
    }
  } catch {
    // Nothing depends on it, and the model is in memory.
  }
}

function keyOf(id: string, name: string, baseUrl: string): URL {
  return new URL(`models/${encodeURIComponent(id)}/${encodeURIComponent(name)}`, baseUrl);
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

function parseRange(text: string | null): InputRange | null {
  const [min, max] = (text ?? '').split(' ').map(Number);
  return min !== undefined && max !== undefined && max > min ? [min, max] : null;
}
