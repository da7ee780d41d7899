import { mount } from 'svelte';
import { createEngine } from './engine/client.ts';
import { createExportEngine } from './engine/exporting/client.ts';
import { createFormats } from './formats/formats.ts';
import { keepApp } from './offline/keep-app.ts';
import { fetchOwnModelIds, fetchPage, fetchPlayerFiles } from './site-files.ts';
import { App } from './state/app.svelte.ts';
import { browserAddress, browserSettings } from './state/settings.ts';
import { openStore } from './storage/open-store.ts';
import AppPage from './ui/App.svelte';
import { firstScreen } from './ui/parts.ts';
import { WORDS } from './ui/problem-message.ts';

/**
 * The composition root: builds the rooms, joins them, shows the page.
 *
 * A function, because what waits at a module's top holds up every part that is fetched meanwhile and needs
 * something of this file.
 */
async function start(): Promise<void> {
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no #app');

  const address = new URLSearchParams(location.search);
  const app = new App({
    engine: createEngine({ simd: true, shelf: 'headstart-embeddings' }),
    exports: createExportEngine(fetchPage),
    store: await openStore(),
    formats: createFormats(),
    settings: browserSettings('headstart.'),
    address: browserAddress(),
    words: WORDS,
    addressBackend: address.get('backend'),
    addressRuntime: address.get('runtime'),
    addressBackbone: address.get('backbone'),
    mayFallBack: true,
    filesStay: false,
    reload: () => {
      location.reload();
    },
    playerFiles: fetchPlayerFiles,
    ownModelIds: fetchOwnModelIds,
  });

  addEventListener('vite:preloadError', () => {
    app.missPart();
  });

  mount(AppPage, { target, props: { app } });

  // Only where something would really be lost: else the question is a nuisance.
  addEventListener('beforeunload', (event) => {
    if (app.unsaved) event.preventDefault();
  });

  void firstScreen.then(() => {
    // What a first drop needs, before it comes.
    void Promise.allSettled([import('./formats/read-drop.ts'), import('./pipeline/take-in.ts')]);
    // While developing, yesterday's files would come back.
    if (!import.meta.env.PROD) return;
    keepApp((apply) => {
      app.offerUpdate(apply);
    }).catch((error: unknown) => {
      console.warn('the app is not kept for visits without a network', error);
    });
  });

  await app.open();
}

void start();
