import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeLabelled } from './fixtures/folders.ts';
import { tinyModelFiles, tinyModels } from './fixtures/models.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { expect, test } from './test.ts';

const dist = join(import.meta.dirname, '..', 'dist');

test('a second visit needs no host of models', async ({ context, headstart, page }, info) => {
  await headstart.openWithMobilenet();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.train();
  await context.route('**/models/**', (route) => route.abort());
  await page.reload();
  await headstart.drop(
    writeLabelled(info.outputPath('more'), drawShapes({ classes: 2, perClass: 3, firstSeed: 50 })),
  );
  await headstart.train();
  expect(await headstart.engineDetails()).toContain('this browser’s cache');
});

test.describe('where not even the built-in model answers', () => {
  test.use({ foreignRequests: true });

  test('the app says so, and takes model files that a person chooses', async ({
    context,
    headstart,
    page,
  }, info) => {
    await context.route(/models|mobilenet|tfhub|kaggle/i, (route) =>
      route.request().resourceType() === 'document' ? route.continue() : route.abort(),
    );
    await headstart.visit();
    await headstart.drop(
      writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
    );
    await expect(headstart.training.getByText('The pretrained model is missing')).toBeVisible({
      timeout: 60_000,
    });
    const chooser = page.waitForEvent('filechooser');
    await headstart.training.getByRole('button', { name: 'Choose model files' }).click();
    await (await chooser).setFiles([...tinyModelFiles()]);
    await page.getByRole('dialog').getByRole('button', { name: '−1 to 1' }).click();
    await headstart.train();
  });

  test('a download that is cut off half-way is named, and can be tried again', async ({
    browser,
  }) => {
    expect(existsSync(dist), 'dist is built').toBe(true);
    const server = await servePlainly(dist, {
      inside: { 'models/': tinyModels() },
      cutOff: /\.bin$/,
    });
    const context = await browser.newContext();
    // Nothing but the server: the public hostings must not be reached, nor their absence waited for.
    await context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort(),
    );
    try {
      const page = await context.newPage();
      const headstart = new Headstart(page);
      await page.goto(server.url);
      await expect(page.getByText(/was cut off after/).first()).toBeVisible({ timeout: 60_000 });
      await expect(headstart.training.getByRole('button', { name: 'Try again' })).toBeVisible();
    } finally {
      await context.close();
      await server.close();
    }
  });
});
