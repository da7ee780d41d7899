import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import type { Page } from '@playwright/test';
import { expect, test } from './test.ts';

/** What a page says on its console that is more than information. */
function listenToConsole(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  return said;
}

test('the camera names what it is shown, live, and stops when it is told to', async ({
  withCamera,
}, info) => {
  const set = drawShapes({ perClass: 10, sidePx: 480 });
  const shown = set.find((file) => file.label === 'square');
  if (shown === undefined) throw new Error('no square');
  const headstart = await withCamera(shown);
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), set));
  await headstart.train();
  const said = listenToConsole(headstart.page);
  await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
  await expect(headstart.trial.getByText(/a second/)).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => headstart.bestOfCamera(), { timeout: 60_000 }).toBe('square');
  await headstart.trial.getByRole('button', { name: 'Stop the camera' }).click();
  await expect(headstart.trial.getByRole('button', { name: 'Start the camera' })).toBeVisible();
  expect(said).toEqual([]);
});

test('holding a button records the camera into a class', async ({ withCamera }, info) => {
  const [shown] = drawShapes({ classes: 1, perClass: 1, sidePx: 480 });
  if (shown === undefined) throw new Error('no circle');
  const headstart = await withCamera(shown);
  const { page } = headstart;
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 })),
  );
  const said = listenToConsole(page);
  await page.getByRole('button', { name: 'Record circle with the camera' }).click();
  const hold = page.getByRole('button', { name: 'Hold to record' });
  await expect(hold).toBeEnabled({ timeout: 30_000 });
  await hold.hover();
  await page.mouse.down();
  await page.waitForTimeout(1500);
  await page.mouse.up();
  await expect.poll(() => headstart.pictureCount()).toBeGreaterThan(6);
  expect(said).toEqual([]);
});

for (const [kind, says] of [
  ['refused', 'The browser keeps the camera from this page.'],
  ['missing', 'No camera was found.'],
] as const) {
  test(`a camera that is ${kind} gets its own message`, async ({ withCamera }, info) => {
    const headstart = await withCamera(kind);
    await headstart.open();
    await headstart.drop(
      writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 })),
    );
    await headstart.train();
    await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
    await expect(headstart.trial.getByText(says)).toBeVisible({ timeout: 30_000 });
    await headstart.classify(shapeFile('circle', 30));
  });
}
