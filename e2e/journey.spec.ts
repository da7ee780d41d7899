import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

test('a newcomer goes from sample pictures to a classifier, takes it along and brings it back', async ({
  headstart,
}, info) => {
  await headstart.open();
  await headstart.addSampleSet();
  const pictures = await headstart.pictureCount();
  expect(pictures).toBeGreaterThanOrEqual(20);

  await headstart.train();
  const accuracy = await headstart.accuracy();
  expect(accuracy).toBeGreaterThan(0);

  await headstart.classify(shapeFile('circle', 1));

  const zip = info.outputPath('classifier.zip');
  await (await headstart.download()).saveAs(zip);
  const labels = await headstart.classNames();

  await headstart.startOver();

  await headstart.drop(zip);
  await expect(headstart.notices.getByText(/The classifier is here/)).toBeVisible();
  await expect(headstart.notices).toContainText(labels[0] ?? 'no label');
  await headstart.classify(shapeFile('circle', 2));
});

test('a folder of labelled folders is dropped, and a reload keeps pictures, names, options and result', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  const folder = writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 30 }));
  await headstart.drop(folder);
  await headstart.expectPictures(90, 3);
  for (const label of ['circle', 'square', 'triangle']) await headstart.expectClass(label, 30);

  const name = page.getByRole('textbox', { name: 'Name of class circle' });
  await name.fill('disc');
  await name.press('Enter');
  await headstart.train();
  const accuracy = await headstart.accuracy();
  // Colours far apart: even the tiny network's random features tell them apart.
  expect(accuracy).toBeGreaterThanOrEqual(90);

  await page.reload();
  await headstart.expectPictures(90, 3);
  await headstart.expectClass('disc', 30);
  await headstart.isTrained();
  expect(await headstart.accuracy()).toBe(accuracy);

  expect(await headstart.classify(shapeFile('circle', 90))).toBe('disc');
});

test('a test folder judges and is never learned from', async ({ headstart }, info) => {
  await headstart.open();
  const folder = info.outputPath('set');
  writeLabelled(`${folder}/train`, drawShapes({ classes: 2, perClass: 8 }));
  writeLabelled(`${folder}/test`, drawShapes({ classes: 2, perClass: 3, firstSeed: 100 }));
  await headstart.drop(folder);
  await headstart.expectPictures(22, 2);
  await headstart.train();
  await expect(headstart.training.getByText('of 6 in the test folder')).toBeVisible();
});

test('renaming a class costs no training, and removing pictures can be undone', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('shapes'), drawShapes({ classes: 2, perClass: 6 })),
  );
  await headstart.train();
  const name = page.getByRole('textbox', { name: 'Name of class square' });
  await name.fill('a box');
  await name.press('Enter');
  await expect(headstart.training.getByText('Pictures or options have changed since')).toBeHidden();

  await page.getByRole('button', { name: 'More for circle' }).click();
  await page.getByRole('menuitem', { name: 'Remove class' }).click();
  await headstart.expectPictures(6, 1);
  await headstart.notices.getByRole('button', { name: 'Undo' }).click();
  await headstart.expectPictures(12, 2);
});
