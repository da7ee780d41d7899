import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

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

test('storage that runs full: said at once, the work goes on, and what was kept stays', async ({
  site,
  context,
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('first'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.train();

  const session = await context.newCDPSession(page);
  const { usage } = await session.send('Storage.getUsageAndQuota', { origin: site });
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: site,
    quotaSize: usage + 100_000,
  });
  await headstart.drop(
    writeLabelled(
      info.outputPath('large'),
      drawShapes({ classes: 2, perClass: 40, firstSeed: 100, sidePx: 160 }),
    ),
  );
  await expect(page.getByText('There is no more room in this browser').first()).toBeVisible();
  await headstart.expectPictures(88, 2);
  await headstart.train();

  await session.send('Storage.overrideQuotaForOrigin', { origin: site });
  await page.reload();
  await expect.poll(() => headstart.pictureCount()).toBeGreaterThanOrEqual(8);
});
