import type { Page } from '@playwright/test';
import { expect, test } from './test.ts';

/** More stops than the page has. */
const MAX_STOPS = 120;

/** What has the focus: its accessible name, and whether it shows that it has it. */
async function focused(page: Page): Promise<{ name: string; shows: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return { name: '', shows: false };
    // What had the focus is gone, such as the button that cancels a download; Tab goes on from there.
    if (element === document.body) return { name: 'BODY', shows: false };
    const style = getComputedStyle(element);
    const parent = element.parentElement === null ? null : getComputedStyle(element.parentElement);
    const shown = (one: CSSStyleDeclaration | null): boolean =>
      one !== null &&
      ((one.outlineStyle !== 'none' && one.outlineWidth !== '0px') || one.boxShadow !== 'none');
    const name = element.getAttribute('aria-label') ?? element.textContent.trim();
    return { name: name === '' ? element.tagName : name, shows: shown(style) || shown(parent) };
  });
}

/** Walks with Tab to what has this name; each stop on the way must show that it has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (now.name !== 'BODY') expect(now.shows, `focus is visible on ${now.name}`).toBe(true);
    if (name.test(now.name)) return;
  }
  throw new Error(`Tab doesn't reach ${String(name)}`);
}

test('the keyboard alone goes from sample pictures to the download', async ({
  headstart,
  page,
}) => {
  await headstart.open();
  await tabTo(page, /^Try with sample pictures$/);
  await page.keyboard.press('Enter');
  await headstart.isSettled();

  await tabTo(page, /^Train$/);
  await page.keyboard.press('Enter');
  await headstart.isTrained();

  await tabTo(page, /^Options/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Download/);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
});

test('the keyboard opens a class, selects, removes, and takes it back', async ({
  headstart,
  page,
}) => {
  await headstart.open();
  await headstart.addSampleSet();
  const before = await headstart.pictureCount();
  await tabTo(page, /^Show all \d+ pictures in /);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tabTo(page, /^Select all$/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Remove$/);
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await expect.poll(() => headstart.pictureCount()).toBeLessThan(before);
  await tabTo(page, /^Undo$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => headstart.pictureCount()).toBe(before);
});

test('menus and dialogs give the focus back where it was', async ({ headstart, page }) => {
  await headstart.open();
  await tabTo(page, /^More$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  expect((await focused(page)).name).toBe('More');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Settings' }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect((await focused(page)).name).toBe('More');
});
