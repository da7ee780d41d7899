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

declare const self: ServiceWorkerGlobalScope;
/** Every file of the app with a hash of its bytes; the build writes it in. */
declare const APP_FILES: PrecacheEntry[];

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
precacheAndRoute(APP_FILES, { ignoreURLParametersMatching: [/^(?:backend|runtime)$/] });

// A new version waits until the person takes it: work may be under way in another tab.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
