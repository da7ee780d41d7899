/**
 * Keeps the built app in the browser, so that the next visit needs no network.
 * Backbones are kept by the engine, once fetched.
 */
import {
  addPlugins,
  cleanupOutdatedCaches,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope;
/** Every file of the app with a hash of its bytes; the build writes it in. */
declare const APP_FILES: PrecacheEntry[];
/** Libraries that write or check one format of an export, megabytes each: kept once they are fetched. */
declare const LARGE_FILES: readonly string[];

/** A host that can't send headers needs these two for precise clocks and shared memory. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

function isolated(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

addPlugins([{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }]);
cleanupOutdatedCaches();
precacheAndRoute(APP_FILES, {
  ignoreURLParametersMatching: [/^(?:backend|runtime|backbone|project)$/],
});

const LARGE_CACHE = 'headstart-large';
// Their names change with their bytes.
const large = new Set(LARGE_FILES.map((file) => new URL(file, self.location.href).href));
registerRoute(({ url }) => large.has(url.href), new CacheFirst({ cacheName: LARGE_CACHE }));
self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldLarge());
});

async function forgetOldLarge(): Promise<void> {
  const cache = await caches.open(LARGE_CACHE);
  const old = (await cache.keys()).filter(({ url }) => !large.has(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}

// A new version waits until the person takes it: work may be under way in another tab.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
