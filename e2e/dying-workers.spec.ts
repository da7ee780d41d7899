import type { Page } from '@playwright/test';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
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
  for (const script of ['picture-worker', 'worker', 'picture-worker'] as const) {
    await expect.poll(() => headstart.pictureCount(), LONG).toBeGreaterThan(20);
    await kill(page, script);
  }
  await headstart.expectPictures(240, 3);
  await expect(headstart.notices.getByText(SAID)).toBeVisible(LONG);
  await headstart.train();
  expect(await headstart.accuracy()).toBeGreaterThan(80);
  await expect(headstart.notices.getByText(/left out/)).toBeHidden();
});

test('a worker that dies over and over is a problem; tried again, all goes on', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 10 })));
  await headstart.train();
  const missing = headstart.training.getByText('stopped several times in a row');
  await expect(async () => {
    await kill(page, 'worker');
    await expect(missing).toBeVisible({ timeout: 100 });
  }).toPass({ ...LONG, intervals: [0] });
  await expect(headstart.trainButton()).toBeDisabled();
  await headstart.training.getByRole('button', { name: 'Try again' }).click();
  await headstart.train();
  await headstart.classify(shapeFile('circle', 30));
});

test('a worker that dies while the camera runs is started again', async ({ withCamera }, info) => {
  const set = drawShapes({ perClass: 10, sidePx: 480 });
  const shown = set.find((file) => file.label === 'square');
  if (shown === undefined) throw new Error('no square');
  const headstart = await withCamera(shown);
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), set));
  await headstart.train();
  await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
  await expect.poll(() => headstart.bestOfCamera(), LONG).toBe('square');
  for (const script of ['worker', 'picture-worker'] as const) {
    await headstart.dismissNotices();
    await kill(headstart.page, script);
    if (script === 'worker') await expect(headstart.notices.getByText(SAID)).toBeVisible(LONG);
    // An answer that merely stays would take as long each time.
    const millis = new Set<string | null>();
    const answers = async (): Promise<number> => {
      const each = headstart.trial.getByText(/ms each/);
      if (await each.isVisible()) millis.add(await each.textContent());
      return millis.size;
    };
    await expect.poll(answers, LONG).toBeGreaterThan(2);
    await expect.poll(() => headstart.bestOfCamera(), LONG).toBe('square');
  }
});
