import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { expectEightBitsJudged } from './eight-bits.ts';
import { unzip } from './fixtures/unzip.ts';
import { readBars } from './headstart.ts';
import { differenceOf, openInTeachableLibrary } from './teachable-library.ts';
import { expect, test } from './test.ts';

/** The built-in backbone's side: of pictures so large nothing is resized, whoever prepares them. */
const SIDE_PX = 64;
/** The preview's percentages are whole. */
const ROUNDING = 1.01;

test('Teachable Machine’s own library loads what is exported, and shows what the preview showed', async ({
  browser,
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ perClass: 12, sidePx: SIDE_PX })),
  );
  await headstart.train();
  await headstart.exporting.chooseFormat('TensorFlow.js');
  await headstart.exporting.write();
  await expect(
    headstart.trial.getByText(/TensorFlow.js .* gives the preview’s answer to all/),
  ).toBeVisible();
  const zip = info.outputPath('tfjs.zip');
  await (await headstart.download()).saveAs(zip);
  const folder = info.outputPath('tfjs');
  expect(await unzip(zip, folder)).toEqual([
    'model.json',
    'weights.bin',
    'metadata.json',
    'labels.txt',
    'README.txt',
  ]);

  const library = await openInTeachableLibrary(browser, folder);
  try {
    for (const file of [shapeFile('circle', 70, SIDE_PX), shapeFile('triangle', 71, SIDE_PX)]) {
      await headstart.tryFiles([file]);
      const preview = await headstart.answersTo(file.name);
      const shares = await library.answersTo(file);
      expect([...shares.keys()].sort()).toEqual(preview.map(({ label }) => label).sort());
      expect(differenceOf(preview, shares)).toBeLessThan(ROUNDING);
    }
  } finally {
    await library.close();
  }
});

for (const { format, runtime, file } of [
  { format: 'TensorFlow Lite', runtime: 'LiteRT.js', file: 'model.tflite' },
  { format: 'ONNX', runtime: 'onnxruntime-web', file: 'model.onnx' },
]) {
  test(`${format} is written and proved before it is handed over`, async ({ headstart }, info) => {
    await headstart.open();
    await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
    await headstart.train();
    await headstart.exporting.chooseFormat(format);
    await headstart.exporting.write();
    await expect(
      headstart.trial.getByText(new RegExp(`${runtime}.* gives the preview’s answer to all`)),
    ).toBeVisible();
    const zip = info.outputPath('export.zip');
    await (await headstart.download()).saveAs(zip);
    expect(await unzip(zip, info.outputPath('export'))).toEqual([file, 'labels.txt', 'README.txt']);
  });
}

test('eight bits are calibrated on one’s own pictures, and what that costs is said', async ({
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 12 })));
  await headstart.train();
  await expectEightBitsJudged(headstart);
});

for (const { format, files } of [
  { format: 'Keras', files: ['model.keras', 'model.h5'] },
  { format: 'PyTorch', files: ['model.safetensors', 'model.py'] },
]) {
  test(`${format}, which no browser runs, is handed over with a word on that`, async ({
    headstart,
  }, info) => {
    await headstart.open();
    await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 8 })));
    await headstart.train();
    await headstart.exporting.chooseFormat(format);
    await headstart.exporting.write();
    await expect(headstart.trial.getByText('No browser runs this format')).toBeVisible();
    const zip = info.outputPath('export.zip');
    await (await headstart.download()).saveAs(zip);
    expect(await unzip(zip, info.outputPath('export'))).toEqual([
      ...files,
      'labels.txt',
      'README.txt',
    ]);
  });
}

test('the page of one file answers as the app does, opened from a folder and without a network', async ({
  browser,
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 10 })));
  await headstart.train();
  await headstart.exporting.chooseFormat('A web page, one file');
  await headstart.exporting.write();
  const path = info.outputPath('classifier.html');
  await (await headstart.download()).saveAs(path);
  const context = await browser.newContext({ offline: true });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(pathToFileURL(path).href);
    for (const file of [
      shapeFile('circle', 70),
      shapeFile('square', 71),
      shapeFile('triangle', 72),
    ]) {
      await headstart.tryFiles([file]);
      const preview = await headstart.answersTo(file.name);
      await page.getByLabel('Choose a picture').setInputFiles({ ...file });
      await expect(page.getByRole('img', { name: file.name })).toBeVisible();
      const bars = page.getByRole('region', { name: 'Answer' });
      await expect(bars.getByRole('listitem').first()).toBeVisible();
      const shown = new Map((await readBars(bars)).map(({ label, percent }) => [label, percent]));
      for (const { label, percent } of preview) expect(shown.get(label)).toBe(percent);
    }
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
});

test('the embeddings are taken along for a notebook', async ({ headstart }, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 4 })));
  await headstart.train();
  await headstart.exporting.chooseFormat('Embeddings, for a notebook');
  const zip = info.outputPath('embeddings.zip');
  await (await headstart.download()).saveAs(zip);
  const folder = info.outputPath('embeddings');
  expect(await unzip(zip, folder)).toEqual(['embeddings.npy', 'samples.csv', 'README.txt']);
  const lines = readFileSync(join(folder, 'samples.csv'), 'utf8').trim().split('\r\n');
  expect(lines).toHaveLength(1 + 12);
});

test('everything comes in one zip, a folder for each format', async ({ headstart }, info) => {
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 6 })));
  await headstart.train();
  await headstart.exporting.chooseFormat('Everything');
  await headstart.exporting.write();
  await expect(headstart.trial.getByText(/gives the preview’s answer to all/)).toHaveCount(3);
  const zip = info.outputPath('everything.zip');
  await (await headstart.download()).saveAs(zip);
  const names = await unzip(zip, info.outputPath('everything'));
  const folders = new Set(names.map((name) => name.slice(0, name.indexOf('/'))));
  expect([...folders].sort()).toEqual([
    'embeddings',
    'headstart',
    'keras',
    'onnx',
    'page',
    'pytorch',
    'tfjs',
    'tflite',
  ]);
});
