import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

const FULL = 'There is no more room in this browser';
/** Enough for the built-in backbone, eight small pictures and a head, not for eighty larger ones. */
const ROOM_BYTES = 2_600_000;

test('a browser that keeps nothing: said at once, and the work goes on', async ({
  headstart,
  page,
}, info) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('storage is off', 'SecurityError');
    };
  });
  await headstart.open();
  await expect(page.getByText('Not kept')).toBeVisible();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.expectPictures(8, 2);
  await headstart.train();
  await headstart.download();
});

test.describe('storage that runs full', () => {
  // It keeps the whole app beside the pictures, at a time of its own.
  test.use({ serviceWorkers: 'block' });

  test('said at once, the work goes on, and what was kept stays', async ({
    site,
    context,
    headstart,
    page,
  }, info) => {
    // Before the page is there: the browser remembers from the first write on how much room it found.
    const session = await context.newCDPSession(page);
    const { origin } = new URL(site);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: ROOM_BYTES });
    // The other runtime would be kept too, whenever it comes.
    await headstart.open('runtime=tfjs');
    await headstart.expectBackend('WASM');
    await headstart.drop(
      writeLabelled(info.outputPath('first'), drawShapes({ classes: 2, perClass: 4 })),
    );
    await headstart.train();
    await expect(page.getByText(FULL)).toBeHidden();

    await headstart.drop(
      writeLabelled(
        info.outputPath('large'),
        drawShapes({ classes: 2, perClass: 40, firstSeed: 100, sidePx: 160 }),
      ),
    );
    await expect(page.getByText(FULL).first()).toBeVisible({ timeout: 60_000 });
    await headstart.expectPictures(88, 2);
    await headstart.train();

    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.reload();
    await expect.poll(() => headstart.pictureCount()).toBeGreaterThanOrEqual(8);
  });

  test('has room again once removed pictures are let go, and keeps what it had refused', async ({
    site,
    context,
    headstart,
    page,
  }, info) => {
    const session = await context.newCDPSession(page);
    const { origin } = new URL(site);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_800_000 });
    await headstart.open('runtime=tfjs');
    await headstart.expectBackend('WASM');
    // Each in a file of its own, which goes with it.
    const draw = (name: string, firstSeed: number) =>
      writeLabelled(
        info.outputPath(name),
        drawShapes({ classes: 2, perClass: 12, firstSeed, sidePx: 400 }),
      );
    await headstart.drop(draw('first', 1));
    await headstart.expectPictures(24, 2);
    await headstart.onClass('circle', 'Remove class');
    await headstart.onClass('square', 'Remove class');
    await expect(page.getByText(FULL)).toBeHidden();

    await headstart.drop(draw('second', 100));
    await expect(page.getByText(FULL).first()).toBeVisible({ timeout: 20_000 });
    await headstart.expectPictures(24, 2);
    await headstart.notices.getByRole('button', { name: 'Free up space' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Free up / })
      .click();
    await expect(headstart.notices).toContainText('There is room again', { timeout: 60_000 });
    await page.reload();
    await headstart.expectPictures(24, 2);
    await expect(page.getByText(FULL)).toBeHidden();
  });
});
