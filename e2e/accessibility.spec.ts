import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { BROKEN } from './fixtures/bad-pictures.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { cutOffMobilenets } from './mobilenets.ts';
import { expect, test } from './test.ts';

/** What axe finds, one line each: the rule and the element. */
async function violations(page: Page, state: string): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${state}: ${id}: ${node.html.slice(0, 160)}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const widthPx of [1440, 360]) {
    test(`axe finds nothing in any main state, ${colorScheme}, ${String(widthPx)} px`, async ({
      headstart,
      page,
    }, info) => {
      const found: string[] = [];
      const look = async (state: string): Promise<void> => {
        found.push(...(await violations(page, state)));
      };
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: widthPx, height: 900 });
      await headstart.open();
      await look('first visit');

      const folder = writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 }));
      writeFlat(`${folder}/circle`, [BROKEN.text, BROKEN.empty]);
      await headstart.drop(folder);
      await look('pictures');
      await headstart.openProjects();
      await look('projects');
      await page.keyboard.press('Escape');
      await headstart.notices.getByRole('button', { name: 'See them' }).click();
      await look('left out');
      await page.keyboard.press('Escape');

      await headstart.train();
      await look('result');
      await headstart.openOptions();
      await look('options');
      await headstart.classify(shapeFile('circle', 60));
      await look('tried');

      await page.getByRole('button', { name: 'Show all 8 pictures in circle' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await look('all pictures of a class');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await look('menu');
      await page.getByRole('menuitem', { name: 'Settings' }).click();
      await look('settings');
      expect(found).toEqual([]);
    });
  }
}

test.describe('beside the built-in backbone', () => {
  test.use({ foreignRequests: true });

  test('axe finds nothing in what is said of the MobileNet, nor in the offer', async ({
    context,
    headstart,
    page,
  }, info) => {
    const reconnect = await cutOffMobilenets(context);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await headstart.visit();
    const retry = headstart.training.getByRole('button', { name: 'Try again' });
    await expect(retry).toBeVisible({ timeout: 60_000 });
    const found = await violations(page, 'unreachable');
    await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
    await headstart.train();
    await reconnect();
    await retry.click();
    const use = headstart.training.getByRole('button', { name: 'Use MobileNetV2 1.0' });
    await expect(use).toBeVisible({ timeout: 60_000 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page, `offer, ${colorScheme}`)));
    }
    expect(found).toEqual([]);
  });
});

test('nothing lies outside of a narrow window', async ({ headstart, page }, info) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
  await headstart.train();
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return { across: scrollWidth - clientWidth, down: scrollHeight - clientHeight };
  });
  // Only what lies between the two bars scrolls.
  expect(overflow).toEqual({ across: 0, down: 0 });
});
