import { join } from 'node:path';
import { drawSampleSet } from '../src/core/sample-set.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile, type MemoryFile } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { cutOffMobilenets } from './mobilenets.ts';
import { expect, test } from './test.ts';

const SIMPLE = 'Simple built-in features';
const ONE_LINE = /^Simple built-in features: good for shapes, colours and poses/;
const UNREACHABLE = /couldn’t be had\. You can work all the same/;

interface Unseen {
  readonly label: string;
  readonly file: MemoryFile;
}

/** A picture of each class, drawn as the sample pictures are, and none of them. */
function otherSamples(): readonly Unseen[] {
  const seen = new Set<string>();
  return drawSampleSet(4321).flatMap(({ path, svg }) => {
    const [label = ''] = path.split('/');
    if (seen.has(label)) return [];
    seen.add(label);
    const file = { name: `${label}.svg`, mimeType: 'image/svg+xml', buffer: Buffer.from(svg) };
    return [{ label, file }];
  });
}

async function countRight(headstart: Headstart, pictures: readonly Unseen[]): Promise<number> {
  let right = 0;
  for (const { label, file } of pictures)
    if ((await headstart.classify(file)) === label) right += 1;
  return right;
}

test.describe('without a network', () => {
  test.use({ foreignRequests: true });

  test('a newcomer goes the whole way on sample pictures: train, try, export', async ({
    context,
    headstart,
    page,
  }, info) => {
    await cutOffMobilenets(context);
    await headstart.visit();
    await headstart.isUsing(SIMPLE);
    await expect(headstart.training.getByText(ONE_LINE)).toBeVisible();
    await expect(headstart.training.getByText(UNREACHABLE)).toBeVisible({ timeout: 60_000 });
    await headstart.addSampleSet();
    await headstart.train();
    // Four drawn shapes of any colour: guessing gives a quarter.
    expect(await headstart.accuracy()).toBeGreaterThanOrEqual(60);

    const unseen = otherSamples();
    expect(await countRight(headstart, unseen)).toBeGreaterThanOrEqual(unseen.length - 1);

    const zip = info.outputPath('classifier.zip');
    await (await headstart.download()).saveAs(zip);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Start over' }).click();
    await page.getByRole('button', { name: 'Remove everything' }).click();
    await headstart.drop(zip);
    await expect(headstart.notices.getByText(/The classifier is here/)).toBeVisible();
    expect(await countRight(headstart, unseen)).toBeGreaterThanOrEqual(unseen.length - 1);
  });

  test('the reader’s own pictures are told apart, and the MobileNet is offered once it can be had', async ({
    context,
    headstart,
    page,
  }, info) => {
    const reconnect = await cutOffMobilenets(context);
    await headstart.visit();
    const folder = writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 20 }));
    await headstart.drop(folder);
    await headstart.train();
    expect(await headstart.accuracy()).toBeGreaterThanOrEqual(90);
    expect(await headstart.classify(shapeFile('triangle', 70))).toBe('triangle');

    await expect(headstart.training.getByText(UNREACHABLE)).toBeVisible({ timeout: 60_000 });
    await reconnect();
    await headstart.training.getByRole('button', { name: 'Try again' }).click();
    const use = headstart.training.getByRole('button', { name: 'Use MobileNetV2 1.0' });
    await expect(use).toBeVisible({ timeout: 60_000 });
    const offer = headstart.training.getByRole('status');
    await expect(offer).toContainText(/Simple features\s*\d+\s*%\s*\d+ right/);
    await expect(offer).toContainText(/MobileNetV2 1\.0\s*\d+\s*%\s*\d+ right/);
    // Until it is answered, the first classifier goes on.
    expect(await headstart.classify(shapeFile('circle', 71))).toBe('circle');

    await use.click();
    await headstart.isUsing('MobileNetV2 1.0');
    await expect(headstart.training.getByText(ONE_LINE)).toBeHidden();
    await headstart.isTrained();
    await headstart.classify(shapeFile('square', 72));
    await page.reload();
    await headstart.isUsing('MobileNetV2 1.0');
    await headstart.isTrained();
  });

  test('whoever keeps the simple features keeps them', async ({
    context,
    headstart,
    page,
  }, info) => {
    const reconnect = await cutOffMobilenets(context);
    await headstart.visit();
    const set = drawShapes({ classes: 2, perClass: 6 });
    await headstart.drop(writeLabelled(info.outputPath('shapes'), set));
    await headstart.train();
    await expect(headstart.training.getByText(UNREACHABLE)).toBeVisible({ timeout: 60_000 });
    await reconnect();
    await headstart.training.getByRole('button', { name: 'Try again' }).click();
    await headstart.training.getByRole('button', { name: 'Keep the simple features' }).click();
    await page.reload();
    await headstart.isTrained();
    await headstart.isUsing(SIMPLE);
    await expect(headstart.training.getByText(/MobileNet/)).toBeHidden();
    expect(await headstart.classify(shapeFile('square', 72))).toBe('square');
  });
});

test('a copy of the built folder works on any static server, with nothing else to reach', async ({
  browser,
}, info) => {
  const server = await servePlainly(join(import.meta.dirname, '..', 'dist'));
  const context = await browser.newContext({ baseURL: server.url });
  // The machine has no network.
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  try {
    const headstart = new Headstart(await context.newPage());
    await headstart.visit();
    const set = drawShapes({ classes: 2, perClass: 6 });
    await headstart.drop(writeLabelled(info.outputPath('shapes'), set));
    await headstart.train();
    expect(await headstart.classify(shapeFile('circle', 72))).toBe('circle');
    expect((await headstart.download()).suggestedFilename()).toMatch(/\.zip$/);
  } finally {
    await context.close();
    await server.close();
  }
});
