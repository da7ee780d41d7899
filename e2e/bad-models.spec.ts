import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { tinyModelFiles } from './fixtures/models.ts';
import { drawShapes, type MemoryFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

const [json, weights] = tinyModelFiles();

function changed(file: MemoryFile | undefined, change: (bytes: Buffer) => Buffer): MemoryFile {
  if (file === undefined) throw new Error('the tiny model has two files');
  return { ...file, buffer: change(file.buffer) };
}

/** The same text with one piece replaced, which must be there. */
function replaced(bytes: Buffer, piece: string, by: string): Buffer {
  const text = bytes.toString('utf8');
  if (!text.includes(piece)) throw new Error(`model.json has no ${piece}`);
  return Buffer.from(text.replaceAll(piece, by));
}

const OTHER_SHAPES = 'with weights of other shapes than its layers';

const CASES = [
  {
    name: 'without its weights',
    files: () => [changed(json, (bytes) => bytes)],
    says: /needs a weight file that is missing: weights\.bin/,
  },
  {
    name: 'with weights that are too short',
    files: () => [
      changed(json, (bytes) => bytes),
      changed(weights, (bytes) => bytes.subarray(0, bytes.length - 400)),
    ],
    says: /weights\.bin should hold/,
  },
  {
    name: OTHER_SHAPES,
    files: () => [
      changed(json, (bytes) => replaced(bytes, '"shape":[3,3,3,8]', '"shape":[3,3,8,3]')),
      changed(weights, (bytes) => bytes),
    ],
    says: /model\.json/,
  },
  {
    name: 'that is no model',
    files: () => [
      changed(json, () => Buffer.from('{"hello": "world"}')),
      changed(weights, (bytes) => bytes),
    ],
    says: /model\.json/,
  },
  {
    name: 'that is no JSON',
    files: () => [
      changed(json, (bytes) => bytes.subarray(0, 200)),
      changed(weights, (bytes) => bytes),
    ],
    says: /model\.json/,
  },
] as const;

test('a model that can’t be used is named with its reason, and the one before goes on', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.train();
  for (const { name, files, says } of CASES) {
    await test.step(`a model ${name}`, async () => {
      await headstart.dismissNotices();
      await headstart.letGoOn(
        page.getByRole('banner'),
        ...writeFlat(info.outputPath(`model ${name}`), files()),
      );
      // What stands in the files is sound: only computing with them shows that they don't fit.
      if (name === OTHER_SHAPES)
        await page.getByRole('dialog').getByRole('button', { name: '−1 to 1' }).click();
      await expect(headstart.notices.getByText(says).first()).toBeVisible({ timeout: 30_000 });
    });
  }
  await headstart.expectPictures(8, 2);
  await headstart.train();
  expect(await headstart.engineDetails()).toContain('Simple built-in features');
});

test('a person’s own model is dropped, asked about, and used', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.letGoOn(
    page.getByRole('banner'),
    ...writeFlat(info.outputPath('model'), tinyModelFiles()),
  );
  await page.getByRole('dialog').getByRole('button', { name: '−1 to 1' }).click();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
  );
  await headstart.train();
  expect(await headstart.engineDetails()).toContain('your files');
});
