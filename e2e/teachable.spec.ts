import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { teachableExport } from '../src/formats/testing/teachable-export.ts';
import { SHAPE_LABELS, shapeFile } from './fixtures/shapes.ts';
import { unzip } from './fixtures/unzip.ts';
import { differenceOf, openInTeachableLibrary } from './teachable-library.ts';
import { expect, test } from './test.ts';

const FILES = ['model.json', 'weights.bin', 'metadata.json'];
/** The preview's percentages are whole. */
const ROUNDING = 1.01;
const real = process.env['HEADSTART_TEACHABLE'];

/** A made export's files in a folder. */
async function writeMade(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of teachableExport())
    writeFileSync(join(folder, name), new Uint8Array(await file.arrayBuffer()));
  return folder;
}

for (const { name, sidePx, pictures } of [
  { name: 'made', sidePx: 64, pictures: 4 },
  { name: 'ten-classes', sidePx: 224, pictures: 20 },
  { name: 'two-classes', sidePx: 224, pictures: 20 },
]) {
  test(`a model of Teachable Machine answers as in its own library, and once it is written again: ${name}`, async ({
    browser,
    headstart,
  }, info) => {
    test.skip(
      name !== 'made' && real === undefined,
      'HEADSTART_TEACHABLE is not set: no real exports',
    );
    test.setTimeout(180_000);
    const folder =
      name === 'made' ? await writeMade(info.outputPath('made')) : join(real ?? '', name);
    await headstart.open();
    await headstart.drop(...FILES.map((file) => join(folder, file)));
    await expect(
      headstart.notices.getByText(/The classifier is here, with its classes/),
    ).toBeVisible();

    await headstart.exporting.chooseFormat('TensorFlow.js');
    await headstart.exporting.write();
    await expect(
      headstart.trial.getByText('There are no pictures here to check it on.'),
    ).toBeVisible();
    const zip = info.outputPath('tfjs.zip');
    await (await headstart.download()).saveAs(zip);
    const again = info.outputPath('again');
    await unzip(zip, again);
    expect(FILES.every((file) => existsSync(join(again, file)))).toBe(true);

    const libraries = [
      await openInTeachableLibrary(browser, folder),
      await openInTeachableLibrary(browser, again),
    ];
    try {
      for (let index = 0; index < pictures; index++) {
        const label = SHAPE_LABELS[index % SHAPE_LABELS.length] ?? 'circle';
        const file = shapeFile(label, index, sidePx);
        await headstart.tryFiles([file]);
        const preview = await headstart.answersTo(file.name);
        for (const library of libraries)
          expect(differenceOf(preview, await library.answersTo(file))).toBeLessThan(ROUNDING);
      }
    } finally {
      for (const library of libraries) await library.close();
    }
  });
}

test('a model without its weights says which file is missing, and what was there stays', async ({
  headstart,
}, info) => {
  const folder = await writeMade(info.outputPath('made'));
  await headstart.open();
  await headstart.drop(...FILES.map((file) => join(folder, file)));
  await expect(headstart.notices.getByText(/The classifier is here/)).toBeVisible();
  await headstart.drop(join(folder, 'model.json'), join(folder, 'metadata.json'));
  await expect(headstart.notices.getByText(/weights\.bin/)).toBeVisible();
  const file = shapeFile('circle', 1, 64);
  await headstart.tryFiles([file]);
  expect(await headstart.answersTo(file.name)).toHaveLength(3);
});
