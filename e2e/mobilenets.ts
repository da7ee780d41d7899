import type { BrowserContext } from '@playwright/test';

/** Cuts every MobileNet off, wherever it is looked for. @returns how to have them back. */
export async function cutOffMobilenets(context: BrowserContext): Promise<() => Promise<void>> {
  const isMobilenet = (url: URL) => url.pathname.includes('mobilenet');
  await context.route(isMobilenet, (route) => route.abort());
  return () => context.unroute(isMobilenet);
}
