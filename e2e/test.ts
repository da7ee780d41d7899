import { test as base, type BrowserContext } from '@playwright/test';
import { Headstart } from './headstart.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** Set to true by a test that cuts the app off from its own origin, and so makes it look elsewhere. */
  readonly foreignRequests: boolean;
  /** Where the app is served. */
  readonly site: string;
  /** The app, on a page of its own. */
  readonly headstart: Headstart;
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
});
