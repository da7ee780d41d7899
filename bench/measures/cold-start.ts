import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page, Response } from '@playwright/test';
import { Headstart } from '../../e2e/headstart.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import type { EnginePage } from '../page/contract.ts';
import { openPage } from '../pages.ts';
import { spreadOf } from '../statistics.ts';

/** gzip at the level of most hosts. */
const LEVEL = 6;
const SCRIPT_KILOBYTES = 120;
const BACKBONE = 'mobilenet_v2_1.0_224';
const FIRST_SECONDS = 2;
const FIRST_BUTTON = 'Try with sample pictures';

interface Start {
  /** Navigation to the first screen answering a person. */
  readonly interactiveMillis: number;
  /** Navigation to the engine having its backbone. */
  readonly readyMillis: number;
  /** Compressed scripts of the page itself; the workers' come with the engine. */
  readonly pageScriptBytes: number;
  readonly allBytes: number;
}

/** A first visit to the built app on loopback. */
export const coldStart: Measure = {
  name: 'cold-start',
  about: 'navigation to interactive and to a backbone that is ready, and the bytes for each',
  run: async (bench) => {
    const site = await bench.app();
    await visit(bench, site);
    const starts: Start[] = [];
    for (let round = 0; round < bench.rounds; round++) starts.push(await visit(bench, site));
    const script = table(
      'Scripts before the first screen answers, gzip',
      'kB',
      starts.map((one) => one.pageScriptBytes / 1000),
    );
    const { median } = script.entries[0]?.figures ?? { median: Number.NaN };
    const verdict = `${median <= SCRIPT_KILOBYTES ? 'holds' : 'DOES NOT HOLD'}: at most ${String(SCRIPT_KILOBYTES)} kB wanted.`;
    return [
      { ...script, remarks: [verdict] },
      await firstPrediction(bench),
      table(
        'Navigation to interactive',
        'ms',
        starts.map((one) => one.interactiveMillis),
      ),
      table(
        'Navigation to a backbone in use',
        'ms',
        starts.map((one) => one.readyMillis),
      ),
      table(
        'All that was transferred until then, gzip',
        'kB',
        starts.map((one) => one.allBytes / 1000),
      ),
    ];
  },
};

/** With an engine of its own for each round, on a page that holds nothing else. */
async function firstPrediction(bench: Bench): Promise<Table> {
  const page = await openPage<EnginePage>(bench, 'engine', BACKBONE, bench.small.files);
  try {
    const seconds: number[] = [];
    for (let round = 0; round < bench.rounds; round++)
      seconds.push((await page.call('firstPrediction')).seconds);
    const shown = table(
      'Weights in the browser to a first answer, MobileNetV2 α 1.0',
      's',
      seconds,
    );
    const { median } = spreadOf(seconds);
    const verdict = `${median <= FIRST_SECONDS ? 'holds' : 'DOES NOT HOLD'}: at most ${String(FIRST_SECONDS)} s wanted.`;
    return { ...shown, remarks: [verdict] };
  } finally {
    await page.close();
  }
}

async function visit(bench: Bench, site: string): Promise<Start> {
  const context = await bench.browser.newContext({ baseURL: site });
  try {
    return await timeVisit(context);
  } finally {
    await context.close();
  }
}

async function timeVisit(context: BrowserContext): Promise<Start> {
  const page = await context.newPage();
  const responses: Response[] = [];
  context.on('response', (response) => responses.push(response));
  const headstart = new Headstart(page);
  await page.addInitScript(watchFirstScreen, FIRST_BUTTON);
  await page.goto('./', { waitUntil: 'commit' });
  await headstart.pictures.getByRole('button', { name: FIRST_BUTTON }).click({ trial: true });
  const { interactiveMillis, scripts } = await page.evaluate(readFirstScreen);
  const early = await compressedBytes(
    responses.filter((response) => isPageScript(response) && scripts.includes(response.url())),
  );
  await headstart.engineButton().waitFor({ timeout: 60_000 });
  const readyMillis = await sinceNavigation(page);
  return {
    interactiveMillis,
    readyMillis,
    pageScriptBytes: early,
    allBytes: await compressedBytes(responses),
  };
}

function sinceNavigation(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}

interface FirstScreen {
  readonly interactiveMillis: number;
  /** Addresses of what the page had asked for by then. */
  readonly scripts: readonly string[];
}

type WatchedWindow = Window & { firstScreenAt?: number };

/** Runs in the page: notes when the button stands there and can be pressed. */
function watchFirstScreen(name: string): void {
  new MutationObserver((_, observer) => {
    const buttons = Array.from(document.querySelectorAll('button:enabled'));
    if (!buttons.some(({ textContent }) => textContent.trim() === name)) return;
    (window as WatchedWindow).firstScreenAt = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

/** Runs in the page. */
function readFirstScreen(): FirstScreen {
  const interactiveMillis = (window as WatchedWindow).firstScreenAt ?? Number.NaN;
  const asked = performance
    .getEntriesByType('resource')
    .filter(({ startTime }) => startTime <= interactiveMillis);
  return { interactiveMillis, scripts: asked.map(({ name }) => name) };
}

/** A worker's own scripts belong to no frame's document. */
function isPageScript(response: Response): boolean {
  return response.request().resourceType() === 'script' && !/worker/iu.test(response.url());
}

async function compressedBytes(responses: readonly Response[]): Promise<number> {
  const sizes = await Promise.all(
    responses.map(async (response) => {
      // A redirect or a request that was given up has no body.
      const body = await response.body().catch(() => Buffer.alloc(0));
      return gzipSync(body, { level: LEVEL }).length;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function table(title: string, unit: string, found: readonly number[]): Table {
  const figures = spreadOf(found);
  return {
    title,
    unit,
    better: 'less',
    entries: [{ name: 'Headstart', note: null, figures, firstIsBetter: spreadOf([1]) }],
    wanted: [],
    remarks: [],
  };
}
