import type { BrowserContext, Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';
import { BROKEN } from './fixtures/bad-pictures.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile, type MemoryFile } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { unzip } from './fixtures/unzip.ts';
import { bestOf, readBars, type Bar } from './headstart.ts';
import { expect, test, watchForeignRequests } from './test.ts';

/** Shows the exported page a picture and reads its bars. */
async function answers(page: Page, file: MemoryFile): Promise<Bar[]> {
  const bars = page.getByRole('region', { name: 'Answer' });
  await page.getByLabel('Choose a picture').setInputFiles({ ...file });
  await expect(page.getByRole('img', { name: file.name })).toBeVisible({ timeout: 60_000 });
  await expect(bars.getByRole('listitem').first()).toBeVisible({ timeout: 60_000 });
  return readBars(bars);
}

async function openExport(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'Use the camera' })).toBeVisible({
    timeout: 60_000,
  });
  return page;
}

test('the exported page answers as the app does, from any static server, and asks nobody else', async ({
  browser,
  headstart,
}, info) => {
  const set = drawShapes({ perClass: 10 });
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), set));
  await headstart.train();
  const zip = info.outputPath('classifier.zip');
  await (await headstart.download()).saveAs(zip);
  const names = await unzip(zip, info.outputPath('export'));
  expect(names).toEqual(
    expect.arrayContaining([
      'model.json',
      'weights.bin',
      'metadata.json',
      'labels.txt',
      'index.html',
      'backbone/model.json',
    ]),
  );

  const server = await servePlainly(info.outputPath('export'), { subPath: '/some/folder/' });
  const context = await browser.newContext({ permissions: ['camera'] });
  const foreign = watchForeignRequests(context, new URL(server.url).origin);
  try {
    const page = await openExport(context, server.url);
    for (const label of ['circle', 'square', 'triangle'] as const) {
      const file = shapeFile(label, 3);
      await headstart.tryFiles([file]);
      const inApp = await headstart.answersTo(file.name);
      const inExport = await answers(page, file);
      expect(bestOf(inExport).label).toBe(label);
      // To the last digit that is shown: the same decode, crop, resize, backbone and head.
      expect(inExport.toSorted(byLabel)).toEqual(inApp.toSorted(byLabel));
    }

    await page.getByLabel('Choose a picture').setInputFiles({ ...BROKEN.text });
    await expect(page.getByRole('alert')).toContainText('letter.jpg');

    await page.getByRole('button', { name: 'Use the camera' }).click();
    await expect(page.getByRole('region', { name: 'Answer' }).getByRole('listitem')).toHaveCount(
      3,
      { timeout: 60_000 },
    );
    await page.getByRole('button', { name: 'Stop the camera' }).click();

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
    }
    expect(foreign).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
});

test('an export with a file missing says which, and from a folder the page says what to do', async ({
  browser,
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.train();
  const zip = info.outputPath('classifier.zip');
  await (await headstart.download()).saveAs(zip);
  const folder = info.outputPath('export');
  await unzip(zip, folder);
  // A context of its own: the file protocol is no origin that the app's guard knows.
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`file://${folder}/index.html`);
    await expect(page.getByRole('heading', { name: 'This page needs a web server' })).toBeVisible();

    const server = await servePlainly(folder, { cutOff: /weights\.bin$/ });
    await page.goto(server.url);
    await expect(page.getByRole('alert')).toContainText('weights.bin', { timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
    await server.close();
  } finally {
    await context.close();
  }
});

function byLabel(a: Bar, b: Bar): number {
  return a.label < b.label ? -1 : 1;
}
