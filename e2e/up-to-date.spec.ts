import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { expect, test } from './test.ts';

const CHANGED = 'Pictures or options have changed since';

test('once trained it follows what is added, removed and brought back, until that is switched off', async ({
  headstart,
  page,
}, info) => {
  const { training } = headstart;
  const matrix = training.getByRole('table', { name: 'Confusion matrix' });
  const rows = matrix.getByRole('rowheader');
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('two'), drawShapes({ classes: 2, perClass: 10 })),
  );
  await headstart.train();
  await expect(rows).toHaveCount(2);

  await headstart.drop(
    writeLabelled(
      info.outputPath('three'),
      drawShapes({ classes: 3, perClass: 10, firstSeed: 50 }),
    ),
  );
  await expect(rows).toHaveCount(3);
  await expect(training.getByText(CHANGED)).toBeHidden();
  expect(await headstart.classify(shapeFile('triangle', 200))).toBe('triangle');

  await page.getByRole('button', { name: 'More for triangle' }).click();
  await page.getByRole('menuitem', { name: 'Remove class' }).click();
  await expect(rows).toHaveCount(2);
  await headstart.notices.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(3);

  await headstart.openOptions();
  await training.getByRole('switch', { name: 'Always up to date' }).click();
  await page.getByRole('button', { name: 'More for triangle' }).click();
  await page.getByRole('menuitem', { name: 'Remove class' }).click();
  await expect(training.getByText(CHANGED)).toBeVisible();
  await expect(rows).toHaveCount(3);

  await page.reload();
  await expect(training.getByText(CHANGED)).toBeVisible();
  await headstart.openOptions();
  await training.getByRole('switch', { name: 'Always up to date' }).click();
  await expect(training.getByText(CHANGED)).toBeHidden();
  await expect(rows).toHaveCount(2);
});
