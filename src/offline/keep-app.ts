import { SERVICE_WORKER_FILE } from './service-worker-file.ts';

/**
 * Has the browser keep the app for visits without a network. Where it can't
 * (no secure context, storage refused) the app works all the same.
 *
 * @param onUpdate a new version is there and waits; called with the way to
 * load the page anew with it.
 */
export async function keepApp(onUpdate: (apply: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { Workbox } = await import('workbox-window');
  const workbox = new Workbox(new URL(SERVICE_WORKER_FILE, document.baseURI).href);
  workbox.addEventListener('waiting', () => {
    onUpdate(() => {
      workbox.addEventListener('controlling', () => {
        location.reload();
      });
      workbox.messageSkipWaiting();
    });
  });
  await workbox.register();
}
