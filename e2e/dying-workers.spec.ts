import type { Page } from '@playwright/test';
import { launchWithCamera } from './camera-browser.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { writeCameraFilm } from './fixtures/mjpeg.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { Headstart } from './headstart.ts';
import { LONG } from './long.ts';
import { expect, test } from './test.ts';

const SAID = 'was started again';

/** Ends the worker of that script, the latest there is, as if it had died. */
async function kill(page: Page, script: 'worker' | 'picture-worker'): Promise<void> {
  const isIt = new RegExp(`/${script}-[^/]*\\.js$`);
  const worker = page.workers().findLast((each) => isIt.test(each.url()));
  if (worker === undefined) throw new Error(`no ${script}`);
  const closed = worker.waitForEvent('close');
  // It is gone before it can answer.
  void worker
    .evaluate(() => {
      self.close();
    })
    .catch(() => undefined);
  await closed;
}

test('workers that die while pictures come in cost none of them', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  const folder = writeLabelled(info.outputPath('set'), drawShapes({ perClass: 80 }));
  await headstart.letGoOn(page.getByRole('banner'), folder);
  for (const least of [20, 60, 100]) {
    await expect.poll(() => headstart.pictureCount(), LONG).toBeGreaterThan(least);
    await kill(page, 'picture-worker');
    await kill(page, 'worker');
  }
  await headstart.expectPictures(240, 3);
  await expect(headstart.notices.getByText(SAID)).toBeVisible(LONG);
  await headstart.train();
  expect(await headstart.accuracy()).toBeGreaterThan(80);
  await expect(headstart.notices.getByText(/left out/)).toBeHidden();
});

test('a worker that dies while the camera runs is started again', async ({
  site,
  browser,
  playwright,
}, info) => {
  const set = drawShapes({ perClass: 10, sidePx: 480 });
  const shown = set.find((file) => file.label === 'square');
  if (shown === undefined) throw new Error('no square');
  const file = info.outputPath('film.mjpeg');
  await writeCameraFilm(browser, shown.buffer, shown.mimeType, file);
  const own = await launchWithCamera(playwright.chromium, { kind: 'film', file }, site);
  try {
    const page = await own.context.newPage();
    const headstart = new Headstart(page);
    await headstart.open();
    await headstart.drop(writeLabelled(info.outputPath('set'), set));
    await headstart.train();
    await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
    await expect.poll(() => headstart.bestOfCamera(), LONG).toBe('square');
    for (const script of ['worker', 'picture-worker'] as const) {
      await headstart.dismissNotices();
      await kill(page, script);
      if (script === 'worker') await expect(headstart.notices.getByText(SAID)).toBeVisible(LONG);
      // Frames are counted by the second: these are new answers.
      await page.waitForTimeout(1500);
      await expect.poll(() => headstart.bestOfCamera(), LONG).toBe('square');
      await expect(headstart.trial.getByText(/a second/)).toBeVisible(LONG);
    }
  } finally {
    await own.browser.close();
  }
});
