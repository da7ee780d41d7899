import { UNUSUAL } from './fixtures/bad-pictures.ts';
import { countVisits } from './file-visits.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { drawShapes, type MemoryFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

/** More than a picture has that is shown as it is, in place of a thumbnail. */
const LEAST_BYTES = 61_000;

test('each file is read once and decoded once on its way in', async ({ headstart, page }, info) => {
  const drawn = drawShapes({ classes: 2, perClass: 6 });
  const photographed = Object.values(UNUSUAL).filter(({ name }) => name.endsWith('.jpg'));
  const files = [...drawn, ...photographed].map((file, index) => ofSize(file, LEAST_BYTES + index));
  const folder = info.outputPath('set');
  writeLabelled(
    folder,
    drawn.map((file, index) => ({ ...file, ...files[index] })),
  );
  writeFlat(`${folder}/circle`, files.slice(drawn.length));

  await headstart.open();
  // Before there is a backbone a visit makes no embedding.
  await headstart.isUsing('');
  const visits = await countVisits(
    page,
    files.map(({ buffer }) => buffer.byteLength),
  );
  await headstart.drop(folder);
  await headstart.expectPictures(files.length, 2);
  await headstart.train();

  const found = await visits();
  const of = (file: MemoryFile) => ({ name: file.name, ...found.get(file.buffer.byteLength) });
  expect(files.map(of)).toEqual(files.map(({ name }) => ({ name, reads: 1, decodes: 1 })));
});

/** Bytes behind a picture's end say nothing: only its size is another. */
function ofSize(file: MemoryFile, bytes: number): MemoryFile {
  expect(file.buffer.byteLength).toBeLessThan(LEAST_BYTES);
  return { ...file, buffer: Buffer.concat([file.buffer], bytes) };
}

test('a picture that is shown stays as it is whatever else changes', async ({
  headstart,
  page,
}) => {
  await headstart.open();
  await headstart.addSampleSet();
  const pictures = headstart.pictures.getByRole('button', { name: /^Show all/ }).locator('img');
  const sources = () =>
    pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src));
  await expect(pictures.first()).toBeVisible();
  const [first = ''] = await headstart.classNames();
  // Those near to view have come once there are no more of them.
  let before = await sources();
  await expect(async () => {
    const earlier = before;
    await page.waitForTimeout(300);
    before = await sources();
    expect(before).toEqual(earlier);
  }).toPass();
  const name = page.getByRole('textbox', { name: `Name of class ${first}`, exact: true });
  await name.fill('Another name');
  await name.press('Enter');
  await expect.poll(() => headstart.classNames()).toContain('Another name');
  expect(await sources()).toEqual(before);
});
