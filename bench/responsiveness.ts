import type { Browser } from '@playwright/test';
import { Headstart } from '../e2e/headstart.ts';
import { withBusyCores } from './busy-cores.ts';
import { traceMainThread, type MainThread } from './main-thread-trace.ts';

export interface Responsiveness {
  /** Pictures as the page counted them, and what the classifier came to. */
  readonly pictures: number;
  readonly accuracyPercent: number;
  /** With the machine to itself. */
  readonly alone: MainThread;
  /** With every core kept busy by other programs. */
  readonly busy: MainThread;
}

/** Adds, embeds and trains as a person does, on the built app, and traces the page's main thread. */
export async function measureResponsiveness(
  browser: Browser,
  site: string,
  folder: string,
  cores: number,
): Promise<Responsiveness> {
  const alone = await journey(browser, site, folder, (work) => work());
  const busy = await journey(browser, site, folder, (work) => withBusyCores(cores, work));
  return {
    pictures: alone.pictures,
    accuracyPercent: alone.accuracyPercent,
    alone: alone.trace,
    busy: busy.trace,
  };
}

async function journey(
  browser: Browser,
  site: string,
  folder: string,
  around: (work: () => Promise<MainThread>) => Promise<MainThread>,
): Promise<{ pictures: number; accuracyPercent: number; trace: MainThread }> {
  const context = await browser.newContext({
    baseURL: site,
    viewport: { width: 1440, height: 900 },
  });
  try {
    const headstart = new Headstart(await context.newPage());
    await headstart.open();
    const trace = await around(() =>
      traceMainThread(browser, async () => {
        await headstart.drop(folder);
        await headstart.train();
      }),
    );
    return {
      pictures: await headstart.pictureCount(),
      accuracyPercent: await headstart.accuracy(),
      trace,
    };
  } finally {
    await context.close();
  }
}
