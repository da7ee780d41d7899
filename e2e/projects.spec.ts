import type { BrowserContext, Locator, Page } from '@playwright/test';
import { crash, watchSeen, type Seen } from './crash.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { unzip } from './fixtures/unzip.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { Headstart } from './headstart.ts';
import { LONG } from './long.ts';
import { expect, test } from './test.ts';

test('projects are begun, named, copied, deleted and brought back; each has its own', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.nameProject('Shapes');
  await headstart.drop(writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 8 })));
  await headstart.train();
  const accuracy = await headstart.accuracy();
  const shapes = projectIn(page);

  let list = await headstart.openProjects();
  await list.getByRole('button', { name: 'New project' }).click();
  await expect(list).toBeHidden();
  await expect(headstart.pictures.getByText('Your pictures appear here')).toBeVisible();
  await headstart.nameProject('Two things');
  await headstart.drop(
    writeLabelled(info.outputPath('two'), drawShapes({ classes: 2, perClass: 4, firstSeed: 50 })),
  );
  await headstart.expectPictures(8, 2);
  const two = projectIn(page);
  expect(two).not.toBe(shapes);

  list = await headstart.openProjects();
  const card = list.getByRole('article').filter({ hasText: 'Shapes' });
  await expect(card).toContainText('24 pictures in 3 classes');
  await expect(card).toContainText(/\d\s%\sright/u);
  await headstart.onProject('Two things', 'Duplicate');
  await expect(list.getByRole('button', { name: 'Open Copy of Two things' })).toBeVisible();
  await headstart.onProject('Copy of Two things', 'Rename');
  const name = list.getByRole('textbox', { name: 'Name of project Copy of Two things' });
  await name.fill('A third');
  await name.press('Enter');
  await list.getByRole('button', { name: 'Open A third' }).click();
  await headstart.expectPictures(8, 2);
  await expect(page.getByRole('textbox', { name: 'Project name' })).toHaveValue('A third');
  expect(projectIn(page)).not.toBe(two);

  await page.goBack();
  await expect(page.getByRole('textbox', { name: 'Project name' })).toHaveValue('Two things');
  await headstart.openProjects();
  await headstart.onProject('Two things', 'Delete');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('textbox', { name: 'Project name' })).not.toHaveValue('Two things');
  await headstart.notices
    .getByRole('listitem')
    .filter({ hasText: 'The project Two things was deleted' })
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(page.getByRole('textbox', { name: 'Project name' })).toHaveValue('Two things');
  await headstart.expectPictures(8, 2);

  list = await headstart.openProjects();
  await list.getByRole('button', { name: 'Open Shapes' }).click();
  await headstart.expectPictures(24, 3);
  await headstart.isTrained();
  await page.reload();
  expect(projectIn(page)).toBe(shapes);
  await headstart.expectPictures(24, 3);
  await headstart.isTrained();
  expect(await headstart.accuracy()).toBe(accuracy);
});

test('a project goes out into a file, and comes back from it as it was', async ({
  headstart,
  page,
}, info) => {
  // As in browsers where a page can't write a chosen file: it is downloaded.
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'showSaveFilePicker');
  });
  await headstart.open();
  await headstart.nameProject('Shapes');
  await headstart.drop(writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 8 })));
  await headstart.train();
  const [accuracy, labels] = [await headstart.accuracy(), await headstart.classNames()];
  const first = projectIn(page);

  const list = await headstart.openProjects();
  const downloading = page.waitForEvent('download', LONG);
  await headstart.onProject('Shapes', 'Save as a file');
  const file = info.outputPath('Shapes-project.zip');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Shapes-project.zip');
  await download.saveAs(file);
  const names = await unzip(file, info.outputPath('unzipped'));
  const shown = names.filter((name) => !name.startsWith('.headstart/'));
  expect(shown).toHaveLength(24);
  expect(new Set(shown.map((name) => name.split('/')[0]))).toEqual(new Set(labels));

  await headstart.onProject('Shapes', 'Delete');
  await expect(list.getByRole('button', { name: 'Open Shapes' })).toBeHidden();
  const choosing = page.waitForEvent('filechooser');
  await list.getByRole('button', { name: 'Open a project file' }).click();
  await (await choosing).setFiles(file);
  await expect(list).toBeHidden(LONG);
  expect(projectIn(page)).not.toBe(first);
  await expect(page.getByRole('textbox', { name: 'Project name' })).toHaveValue('Shapes');
  await headstart.expectPictures(24, 3);
  expect(await headstart.classNames()).toEqual(labels);
  await headstart.isTrained();
  expect(await headstart.accuracy()).toBe(accuracy);
  await page.reload();
  await headstart.expectPictures(24, 3);
  expect(await headstart.accuracy()).toBe(accuracy);
  await page.getByRole('button', { name: /^Undo/u }).first().click();
  await expect(headstart.pictures.getByText('Your pictures appear here')).toBeVisible();
  await page.getByRole('button', { name: /^Redo/u }).first().click();
  await headstart.expectPictures(24, 3);

  // Another, by a drop.
  const second = projectIn(page);
  await headstart.letGoOn(headstart.pictures, file);
  await expect.poll(() => projectIn(page), LONG).not.toBe(second);
  await headstart.expectPictures(24, 3);
});

test('room is freed of removed pictures, once it was said what that costs', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.nameProject('Shapes');
  await headstart.drop(writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 8 })));
  await headstart.expectPictures(24, 3);
  const list = await headstart.openProjects();
  await headstart.onProject('Shapes', 'Free up space');
  const asking = page.getByRole('alertdialog');
  await expect(asking).toContainText('Nothing to free up in Shapes');
  await asking.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Escape');
  await headstart.onClass('circle', 'Remove class');
  await headstart.expectPictures(16, 2);

  await headstart.openProjects();
  await headstart.onProject('Shapes', 'Free up space');
  await expect(asking).toContainText(/Free up \d+\skB of Shapes\?/u);
  await expect(asking).toContainText('8 pictures that you removed are still kept');
  await asking.getByRole('button', { name: 'Keep them' }).click();
  await expect(asking).toBeHidden();
  const card = list.getByRole('article').filter({ hasText: 'Shapes' });
  const before = await kilobytesIn(card);
  await headstart.onProject('Shapes', 'Free up space');
  await asking.getByRole('button', { name: /^Free up \d+\skB$/u }).click();
  await expect(asking).toBeHidden();
  await expect.poll(() => kilobytesIn(card)).toBeLessThan(before);
  await page.keyboard.press('Escape');
  await expect(headstart.notices).toContainText('of removed pictures are gone for good');
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible();
  await expect(headstart.notices.getByRole('button', { name: 'Undo' })).toBeHidden();
  await page.reload();
  await headstart.expectPictures(16, 2);
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible();
  await headstart.train();
});

/** Of the size that a card of the list shows. */
async function kilobytesIn(card: Locator): Promise<number> {
  const text = (await card.textContent()) ?? '';
  return Number(/(?<size>\d{1,6})\skB/u.exec(text)?.groups?.['size']);
}

/** Drawn once with a seed: how long each of the two tabs lives in each round. */
const MOMENTS = [
  [2100, 900],
  [640, 3300],
  [4200, 2700],
  [1500, 350],
  [2900, 5100],
] as const;

test('two tabs with two projects, each killed at random moments: nothing lost, nothing mixed', async ({
  context,
}, info) => {
  test.setTimeout(300_000);
  const tabs: { readonly tab: number; readonly id: string; kept: Seen }[] = [];
  for (const tab of [0, 1]) {
    const { app } = await openTab(context, '');
    if (tab === 1) {
      const list = await app.openProjects();
      await list.getByRole('button', { name: 'New project' }).click();
      await expect(app.page.getByRole('textbox', { name: 'Project name' })).toHaveValue('');
    }
    await app.nameProject(`Project ${String(tab)}`);
    tabs.push({
      tab,
      id: projectIn(app.page),
      kept: { pictures: 0, labels: [], trained: false },
    });
    // What the list shows is written.
    const list = await app.openProjects();
    await expect(list.getByRole('button', { name: `Open Project ${String(tab)}` })).toBeVisible();
    await app.page.close();
  }
  expect(tabs[0]?.id).not.toBe(tabs[1]?.id);
  for (const [round, moments] of MOMENTS.entries()) {
    await Promise.all(
      tabs.map(async (one) => {
        const { app, seen } = await openTab(context, one.id);
        await expectKept(app, one.tab, one.kept);
        const folder = writeLabelled(info.outputPath(`${String(one.tab)}-${String(round)}`), [
          ...drawShapes({ perClass: 12, firstSeed: 1000 * (one.tab + 1) + 100 * round }),
        ]);
        const journey = walk(app, folder).catch(() => undefined);
        await app.page.waitForTimeout(moments[one.tab] ?? 1000);
        await crash(app.page);
        await journey;
        if (seen().pictures >= one.kept.pictures) one.kept = seen();
      }),
    );
  }
  for (const one of tabs) {
    const { app } = await openTab(context, one.id);
    await expectKept(app, one.tab, one.kept);
    await app.page.close();
  }
});

/** The project's id in the address. */
function projectIn(page: Page): string {
  return new URL(page.url()).searchParams.get('project') ?? '';
}

async function openTab(
  context: BrowserContext,
  projectId: string,
): Promise<{ app: Headstart; seen: () => Seen }> {
  const page = await context.newPage();
  const seen = await watchSeen(page);
  const app = new Headstart(page);
  await app.open(`project=${projectId}`);
  return { app, seen };
}

async function expectKept(app: Headstart, tab: number, kept: Seen): Promise<void> {
  await expect(app.page.getByRole('textbox', { name: 'Project name' })).toHaveValue(
    `Project ${String(tab)}`,
  );
  await expect.poll(() => app.pictureCount()).toBeGreaterThanOrEqual(kept.pictures);
  await expect.poll(() => app.classNames()).toEqual(expect.arrayContaining([...kept.labels]));
  if (kept.trained) await app.isTrained();
  // A tab that was killed lets go of its project: this one may write it.
  await expect(app.page.getByText('open in another tab')).toBeHidden();
}

async function walk(app: Headstart, folder: string): Promise<void> {
  await app.drop(folder);
  await app.train();
}
