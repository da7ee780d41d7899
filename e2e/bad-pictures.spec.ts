import { BROKEN, HOSTILE_LABELS, HOSTILE_SVG, UNUSUAL } from './fixtures/bad-pictures.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

test('files that are no pictures are named with their reason, and the others go on', async ({
  headstart,
}, info) => {
  await headstart.open();
  const folder = writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 }));
  writeFlat(`${folder}/circle`, Object.values(BROKEN));
  await headstart.drop(folder);
  await headstart.expectPictures(6, 2);

  const reasons = await headstart.leftOut();
  const reasonOf = (file: string): string =>
    reasons.find((line) => line.includes(file)) ?? `nothing is said of ${file}`;
  expect(reasonOf('empty.jpg')).toContain('is empty');
  expect(reasonOf('truncated.jpg')).toContain('damaged');
  expect(reasonOf('letter.jpg')).toContain("isn't a picture");
  expect(reasonOf('huge.png')).toContain('20,000 × 20,000');
  expect(reasonOf('notes.txt')).toContain("isn't a picture");
  await headstart.train();
});

test('every kind of picture that a browser shows becomes one', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  const files = Object.values(UNUSUAL);
  const folder = info.outputPath('set');
  writeFlat(`${folder}/unusual`, files);
  writeLabelled(
    folder,
    drawShapes({ classes: 2, perClass: 3 }).filter((file) => file.label === 'square'),
  );
  await headstart.drop(folder);
  await headstart.expectClass('unusual', files.length);

  // Stored lying, shown upright: its thumbnail is higher than wide.
  await headstart.pictures
    .getByRole('button', { name: `Show all ${String(files.length)} pictures in unusual` })
    .click();
  const rotated = page.getByRole('dialog').getByRole('img', { name: 'exif-rotated.jpg' });
  await expect(rotated).toBeVisible();
  expect(
    await rotated.evaluate((image: HTMLImageElement) => image.naturalHeight > image.naturalWidth),
  ).toBe(true);
  await page.keyboard.press('Escape');
  await headstart.train();
});

test('a hostile SVG is only a picture: no script runs and nothing is fetched', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  const folder = writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 }));
  writeFlat(`${folder}/circle`, [HOSTILE_SVG]);
  await headstart.drop(folder);
  await headstart.train();
  expect(await page.evaluate(() => 'hostile' in window)).toBe(false);
});

test('the same picture twice is kept once in its class; in two classes it is kept and pointed out', async ({
  headstart,
}, info) => {
  await headstart.open();
  const [first, ...others] = drawShapes({ classes: 2, perClass: 3 });
  if (first === undefined) throw new Error('no shapes');
  const folder = writeLabelled(info.outputPath('set'), [first, ...others]);
  writeFlat(`${folder}/circle`, [{ ...first, name: 'again.png' }]);
  writeFlat(`${folder}/square`, [{ ...first, name: 'elsewhere.png' }]);
  await headstart.drop(folder);
  await headstart.expectPictures(7, 2);
  const { notices } = headstart;
  await expect(notices.getByText(/1 of 8 files was left out: 1 is there already/)).toBeVisible();
  await expect(notices.getByText(/Worth a look: 1 picture is in two classes/)).toBeVisible();
  expect((await headstart.leftOut(/Worth a look/)).join()).toContain('elsewhere.png');
  expect((await headstart.leftOut(/left out/)).join()).toContain('again.png');
});

test('labels of any text stay text', async ({ headstart, page }, info) => {
  await headstart.open();
  const folder = info.outputPath('set');
  // 255 bytes are the longest name of a folder; longer ones can only be typed.
  const labels = HOSTILE_LABELS.filter((label) => label.length < 250);
  labels.forEach((label, i) => {
    writeLabelled(
      folder,
      drawShapes({ classes: 1, perClass: 3, firstSeed: i * 10 + 1 }).map((file) => ({
        ...file,
        label,
      })),
    );
  });
  await headstart.drop(folder);
  await headstart.expectPictures(labels.length * 3, labels.length);
  expect(new Set(await headstart.classNames())).toEqual(new Set(labels));
  await headstart.train();
  await headstart.classify(shapeFile('circle', 500));

  const name = page.getByRole('textbox', { name: 'Name of class constructor' });
  await name.fill('a'.repeat(500));
  await name.press('Enter');
  await expect(page.getByText('This name has 500 characters.')).toBeVisible();
  await name.fill('   ');
  await name.press('Enter');
  await expect(page.getByText('A class needs a name.')).toBeVisible();
  expect(await page.evaluate(() => 'hostile' in window)).toBe(false);
});

test('a thousand files of which half are no pictures', async ({ headstart }, info) => {
  await headstart.open();
  const folder = info.outputPath('set');
  const shapes = drawShapes({ classes: 2, perClass: 250, sidePx: 32 });
  writeLabelled(folder, shapes);
  const notes = Array.from({ length: 500 }, (_, i) => ({
    ...BROKEN.text,
    name: `letter-${String(i)}.jpg`,
  }));
  writeFlat(`${folder}/circle`, notes);
  await headstart.drop(folder);
  await headstart.expectPictures(500, 2);
  await expect(headstart.notices.getByText(/500 of 1,000 files were left out/)).toBeVisible();
});
