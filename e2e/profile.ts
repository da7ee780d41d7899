import type { BrowserContext, BrowserType, Page } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/chromium.ts';

/** A browser with a profile on disk: a private window can install nothing. */
export function launchWithProfile(
  browserType: BrowserType,
  folder: string,
): Promise<BrowserContext> {
  const executablePath = findChromium();
  return browserType.launchPersistentContext(folder, {
    ...(executablePath === null ? {} : { executablePath }),
    args: chromiumFlags(),
    viewport: { width: 1280, height: 900 },
    serviceWorkers: 'allow',
  });
}

/** Resolves when the app is kept for the next visit. */
export async function isKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}
