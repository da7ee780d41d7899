import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeCameraFilm } from '../../e2e/fixtures/mjpeg.ts';
import { Headstart } from '../../e2e/headstart.ts';
import { traceMainThread } from '../main-thread-trace.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import { median, spreadOf } from '../statistics.ts';

const BACKBONE = 'mobilenet_v2_0.35_224_no_top';
const WATCHED_MILLIS = 5000;
const LOOKS = 20;

/** What a round of watching the camera came to. */
interface Watched {
  readonly perSecond: number;
  readonly latencyMillis: number;
  readonly longestTaskMillis: number;
}

/** The built app before a camera, with a classifier that it has just been taught. */
export const live: Measure = {
  name: 'live',
  about: "live classification on the camera: rate, latency, the page's longest task",
  run: async (bench) => {
    const first = bench.small.files.find((file) => file.endsWith('.jpg'));
    const film = join(bench.scratch, 'film.mjpeg');
    const shown = readFileSync(first ?? bench.small.files[0] ?? '');
    const type = first === undefined ? 'image/png' : 'image/jpeg';
    await writeCameraFilm(bench.browser, shown, type, film);
    const browser = await bench.launch([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    const context = await browser.newContext({
      baseURL: await bench.app(),
      permissions: ['camera'],
      viewport: { width: 1280, height: 900 },
    });
    const page = await context.newPage();
    await startCamera(bench, page);
    const rounds: Watched[] = [];
    await traceMainThread(browser, () => watch(page, []));
    for (let round = 0; round < bench.rounds; round++) {
      const looks: (readonly [number, number])[] = [];
      const { longestMillis } = await traceMainThread(browser, () => watch(page, looks));
      rounds.push({
        perSecond: median(looks.map(([perSecond]) => perSecond)),
        latencyMillis: median(looks.map(([, millis]) => millis)),
        longestTaskMillis: longestMillis,
      });
    }
    await context.close();
    return [
      table('Predictions of the camera', 'a second', 'more', 25, rounds, (one) => one.perSecond),
      table('From a frame to its answer', 'ms', 'less', 80, rounds, (one) => one.latencyMillis),
      table(
        'Longest task of the page meanwhile',
        'ms',
        'less',
        50,
        rounds,
        (one) => one.longestTaskMillis,
      ),
    ];
  },
};

/** Teaches the app the small pictures and shows it the camera. */
async function startCamera(bench: Bench, page: Page): Promise<void> {
  const headstart = new Headstart(page);
  await page.goto(`./?backbone=${BACKBONE}`);
  await headstart.isUsing('MobileNet');
  await headstart.drop(bench.small.folder);
  await headstart.train();
  await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
  await headstart.trial.getByText(/a second/).waitFor({ timeout: 60_000 });
}

/** Reads what the app says of itself, some times a second. */
async function watch(page: Page, looks: (readonly [number, number])[]): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    await page.waitForTimeout(WATCHED_MILLIS / LOOKS);
    const rate = await page.getByText(/a second$/).textContent();
    const each = await page.getByText(/ms each$/).textContent();
    const [perSecond, millis] = [rate, each].map((text) => /[\d.]+/.exec(text ?? '')?.[0]);
    if (perSecond !== undefined && millis !== undefined)
      looks.push([Number(perSecond), Number(millis)]);
  }
}

function table(
  what: string,
  unit: string,
  better: Table['better'],
  limit: number,
  rounds: readonly Watched[],
  of: (one: Watched) => number,
): Table {
  const figures = spreadOf(rounds.map(of));
  const good = better === 'more' ? figures.median >= limit : figures.median <= limit;
  const bound = better === 'more' ? 'at least' : 'at most';
  return {
    title: `${what}, MobileNetV2 α 0.35, in the app`,
    unit,
    better,
    entries: [{ name: 'Headstart', note: null, figures, firstIsBetter: spreadOf([1]) }],
    wanted: [],
    remarks: [`${good ? 'holds' : 'DOES NOT HOLD'}: ${bound} ${String(limit)} wanted.`],
  };
}
