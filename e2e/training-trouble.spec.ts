import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

test('a loss beyond all numbers stops training, is explained, and the classifier before is kept', async ({
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
  await headstart.train();
  const accuracy = await headstart.accuracy();

  await headstart.openOptions();
  await headstart.fitStepByStep();
  await headstart.setOption('Learning rate', '1000000000');
  await headstart.trainButton().click();
  await expect(headstart.training.getByText(/Training ran away in epoch/)).toBeVisible({
    timeout: 60_000,
  });
  expect(await headstart.accuracy()).toBe(accuracy);
  expect(await headstart.classify(shapeFile('circle', 77))).toBe('circle');
});

test('what keeps training from starting is said before', async ({ headstart, page }, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 1, perClass: 4 })),
  );
  await expect(headstart.trainButton()).toBeDisabled();
  await expect(headstart.training.getByText('One class is not enough')).toBeVisible();
  await page.getByRole('button', { name: 'New class' }).click();
  await expect(headstart.training.getByText(/has no pictures yet/)).toBeVisible();
});

test('training can be stopped with what it has, or thrown away', async ({ headstart }, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
  await headstart.openOptions();
  await headstart.fitStepByStep();
  await headstart.setOption('Epochs', '9000');
  await headstart.training.getByRole('switch', { name: 'Stop early' }).click();
  await headstart.trainButton().click();
  await headstart.training.getByRole('button', { name: 'Cancel' }).click();
  await expect(
    headstart.training.getByRole('button', { name: 'Train', exact: true }),
  ).toBeEnabled();

  await headstart.trainButton().click();
  await expect(headstart.training.getByText(/Epoch [1-9]/)).toBeVisible({ timeout: 60_000 });
  await headstart.training.getByRole('button', { name: 'Stop here' }).click();
  await headstart.isTrained();
});
