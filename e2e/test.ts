import { test as base, type Browser, type BrowserContext } from '@playwright/test';
import { launchWithCamera } from './camera-browser.ts';
import { writeCameraFilm } from './fixtures/mjpeg.ts';
import type { MemoryFile } from './fixtures/shapes.ts';
import { Headstart } from './headstart.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** Set to true by a test that cuts the app off from its own origin, and so makes it look elsewhere. */
  readonly foreignRequests: boolean;
  /** Where the app is served. */
  readonly site: string;
  /** The app, on a page of its own. */
  readonly headstart: Headstart;
  /** The app in a browser of its own, before whose camera that picture lies, or whose camera can't be had. */
  readonly withCamera: (
    camera: Pick<MemoryFile, 'buffer' | 'mimeType'> | 'refused' | 'missing',
  ) => Promise<Headstart>;
  /** Fails the test when anything is asked of another origin. */
  readonly originGuard: undefined;
}

/** Pages, frames, workers, pings, sockets: whatever a context asks for that is not on its own origin. */
export function watchForeignRequests(context: BrowserContext, origin: string): string[] {
  const foreign: string[] = [];
  const note = (address: string): void => {
    const url = new URL(address);
    const isNetwork = ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol);
    if (isNetwork && url.origin !== origin) foreign.push(address);
  };
  context.on('request', (request) => {
    note(request.url());
  });
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      note(socket.url());
    });
  });
  return foreign;
}

export const test = base.extend<Fixtures>({
  foreignRequests: [false, { option: true }],
  site: async ({ baseURL }, use) => {
    if (baseURL === undefined) throw new Error('playwright.config.ts gives no baseURL');
    await use(baseURL);
  },
  originGuard: [
    async ({ context, site, foreignRequests }, use) => {
      const foreign = watchForeignRequests(context, new URL(site).origin);
      await use(undefined);
      if (!foreignRequests) base.expect(foreign, 'requests that leave the origin').toEqual([]);
    },
    { auto: true },
  ],
  headstart: async ({ page }, use) => {
    await use(new Headstart(page));
  },
  withCamera: async ({ browser, playwright, site }, use, info) => {
    const opened: { readonly own: Browser; readonly foreign: readonly string[] }[] = [];
    await use(async (camera) => {
      const file = info.outputPath('film.mjpeg');
      if (typeof camera !== 'string')
        await writeCameraFilm(browser, camera.buffer, camera.mimeType, file);
      const kind = typeof camera === 'string' ? camera : 'film';
      const own = await launchWithCamera(playwright.chromium, { kind, file }, site);
      const foreign = watchForeignRequests(own.context, new URL(site).origin);
      opened.push({ own: own.browser, foreign });
      return new Headstart(await own.context.newPage());
    });
    for (const { own, foreign } of opened) {
      await own.close();
      base.expect(foreign, 'requests that leave the origin').toEqual([]);
    }
  },
});
