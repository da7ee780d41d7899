import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildZip } from '../src/formats/testing/build-zip.ts';
import { entriesOf } from '../src/formats/testing/example-project.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { tinyModelFiles } from './fixtures/models.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { LONG } from './long.ts';
import { isKept, launchWithProfile } from './profile.ts';
import { expect, test } from './test.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const WEIGHTS = '.headstart/backbone/weights-1.bin';

test('a project file carries the person’s own model: it works in another browser, offline', async ({
  headstart,
  page,
  playwright,
}, info) => {
  test.setTimeout(240_000);
  expect(existsSync(dist), 'dist is built').toBe(true);
  const file = info.outputPath('Shapes-project.zip');
  await saveOnOwnModel(headstart, file, info.outputPath('model'), info.outputPath('set'));
  const accuracy = await headstart.accuracy();
  const picture = shapeFile('square', 90);
  await headstart.tryFiles([picture]);
  const answers = await headstart.answersTo(picture.name);
  await page.close();

  const server = await servePlainly(dist);
  const context = await launchWithProfile(playwright.chromium, info.outputPath('profile'));
  try {
    const visit = await context.newPage();
    await visit.goto(server.url);
    await isKept(visit);
    await visit.close();
    await server.close();

    const other = new Headstart(await context.newPage());
    await other.page.goto(server.url);
    await openFile(other, file);
    await other.isUsing('model\\.json');
    await other.isTrained();
    expect(await other.accuracy()).toBe(accuracy);
    await other.tryFiles([picture]);
    expect(await other.answersTo(picture.name)).toEqual(answers);
    expect(await other.engineDetails()).toContain('your files');
    await other.page.reload();
    await other.isUsing('model\\.json');
    await other.tryFiles([picture]);
    expect(await other.answersTo(picture.name)).toEqual(answers);
    await other.train();
  } finally {
    await context.close();
    await server.close().catch(() => undefined);
  }
});

test('a project file whose model is damaged opens with all else, and says what to do', async ({
  browser,
  headstart,
  site,
}, info) => {
  const [model, set] = [info.outputPath('model'), info.outputPath('set')];
  const file = info.outputPath('Shapes-project.zip');
  await saveOnOwnModel(headstart, file, model, set);
  const accuracy = await headstart.accuracy();
  const entries = await entriesOf(new File([readFileSync(file)], 'whole.zip'));
  entries.delete(WEIGHTS);
  const parts = Array.from(entries, ([name, bytes]) => ({ name, bytes }));
  const damaged = info.outputPath('damaged.zip');
  const zip = await buildZip('damaged.zip', parts);
  writeFileSync(damaged, new Uint8Array(await zip.arrayBuffer()));

  const context = await browser.newContext({ baseURL: site, serviceWorkers: 'block' });
  try {
    const other = new Headstart(await context.newPage());
    await other.visit();
    await openFile(other, damaged);
    await other.expectPictures(16, 2);
    const said = other.notices.getByText(
      `The project's own pretrained model is left out, because ${WEIGHTS} can't be used`,
    );
    await expect(said).toBeVisible(LONG);
    await expect(said).toContainText(
      'Unless this browser has that model already, drop its files on this page',
    );
    await other.letGoOn(
      other.page.getByRole('banner'),
      ...readdirSync(model).map((name) => join(model, name)),
    );
    await other.page.getByRole('dialog').getByRole('button', { name: '−1 to 1' }).click();
    await other.isUsing('model\\.json');
    await other.isTrained();
    expect(await other.accuracy()).toBe(accuracy);
    const picture = shapeFile('square', 90);
    expect(await other.classify(picture)).toBe('square');
  } finally {
    await context.close();
  }
});

/** Trains on a model that a person brings, and saves the project as a file. */
async function saveOnOwnModel(
  headstart: Headstart,
  file: string,
  model: string,
  set: string,
): Promise<void> {
  const { page } = headstart;
  // As in browsers where a page can't write a chosen file: it is downloaded.
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'showSaveFilePicker');
  });
  await headstart.openWithMobilenet();
  await headstart.letGoOn(page.getByRole('banner'), ...writeFlat(model, tinyModelFiles()));
  await page.getByRole('dialog').getByRole('button', { name: '−1 to 1' }).click();
  await headstart.isUsing('model\\.json');
  await headstart.nameProject('Shapes');
  await headstart.drop(writeLabelled(set, drawShapes({ classes: 2, perClass: 8 })));
  await headstart.train();
  await headstart.openProjects();
  const downloading = page.waitForEvent('download', LONG);
  await headstart.onProject('Shapes', 'Save as a file');
  await (await downloading).saveAs(file);
  await page.keyboard.press('Escape');
}

async function openFile(headstart: Headstart, file: string): Promise<void> {
  const list = await headstart.openProjects();
  const choosing = headstart.page.waitForEvent('filechooser');
  await list.getByRole('button', { name: 'Open a project file' }).click();
  await (await choosing).setFiles(file);
  await expect(list).toBeHidden(LONG);
}
