import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`shots ${colorScheme} ${String(width)}`, async ({ headstart, page }, info) => {
      const shot = (name: string) =>
        page.screenshot({ path: `/tmp/shots/${name}-${colorScheme}-${String(width)}.png` });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await headstart.open();
      await headstart.openProjects();
      await shot('projects-first');
      await page.keyboard.press('Escape');
      await headstart.nameProject('Shapes in three colours');
      await headstart.addSampleSet();
      await headstart.train();
      const list = await headstart.openProjects();
      await list.getByRole('button', { name: 'New project' }).click();
      await headstart.nameProject('Two things');
      await headstart.drop(
        writeLabelled(info.outputPath('two'), drawShapes({ classes: 2, perClass: 4 })),
      );
      await headstart.openProjects();
      await headstart.onProject('Two things', 'Duplicate');
      await expect(list.getByRole('button', { name: 'Open Copy of Two things' })).toBeVisible();
      await page.waitForTimeout(500);
      await shot('projects');
      await headstart.onProject('Copy of Two things', 'Rename');
      await page.waitForTimeout(300);
      await shot('projects-rename');
      await page.keyboard.press('Escape');
      await headstart.onProject('Copy of Two things', 'Delete');
      await list.getByRole('button', { name: 'Open Shapes in three colours' }).click();
      await headstart.isTrained();
      await page.getByRole('button', { name: 'More for flower', exact: true }).click();
      await shot('class-menu');
      await page.getByRole('menuitem', { name: 'Merge into…' }).click();
      await page.waitForTimeout(300);
      await shot('merge');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Show all \d+ pictures in flower/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('option').first().click();
      await dialog.getByRole('button', { name: 'Use for judging only' }).click();
      await page.waitForTimeout(300);
      await shot('class-dialog');
      await dialog.getByRole('option').nth(2).click();
      await dialog.getByRole('button', { name: 'Move to' }).click();
      await page.getByRole('menuitem', { name: 'No label' }).click();
      await page.keyboard.press('Escape');
      await page.waitForTimeout(300);
      await shot('page');
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.waitForTimeout(300);
      await shot('more-menu');
    });
  }
}
