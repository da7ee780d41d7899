import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildZip } from '../src/formats/testing/build-zip.ts';
import { shapeFile } from './fixtures/shapes.ts';
import { unzip } from './fixtures/unzip.ts';
import { expect, test } from './test.ts';

const TOKEN = 'ya29.a-secret-that-must-go';

test('a project of Teachable Machine comes in whole, its classes in order, and its token is gone', async ({
  headstart,
  page,
}, info) => {
  const classes = [
    { label: 'zebra / horse', shape: 'circle' },
    { label: '🦊', shape: 'square' },
    { label: 'ape', shape: 'triangle' },
  ] as const;
  const perClass = 8;
  const pictures = classes.flatMap(({ label, shape }, row) =>
    Array.from({ length: perClass }, (_, index) => ({
      name: `${label}-!-${String(index)}.jpg`,
      bytes: new Uint8Array(shapeFile(shape, 100 * row + index).buffer),
    })),
  );
  const manifest = {
    type: 'image',
    version: '2.4.10',
    appdata: {
      publishResults: { accessToken: TOKEN },
      trainEpochs: 50,
      trainBatchSize: 16,
      trainLearningRate: 0.001,
    },
  };
  const project = await buildZip('animals.tm', [
    ...pictures,
    { name: 'manifest.json', bytes: new TextEncoder().encode(JSON.stringify(manifest)) },
  ]);
  const path = info.outputPath('animals.tm');
  writeFileSync(path, new Uint8Array(await project.arrayBuffer()));

  await headstart.open();
  await headstart.drop(path);
  await headstart.expectPictures(classes.length * perClass, classes.length);
  for (const { label } of classes) await headstart.expectClass(label, perClass);
  const shown = await headstart.pictures.innerText();
  const places = classes.map(({ label }) => shown.indexOf(label));
  expect(places).toEqual(places.toSorted((a, b) => a - b));

  await headstart.train();
  const zip = info.outputPath('classifier.zip');
  await (await headstart.download()).saveAs(zip);
  const folder = info.outputPath('classifier');
  for (const name of await unzip(zip, folder))
    expect(readFileSync(join(folder, name)).includes(TOKEN), name).toBe(false);
  const labels = readFileSync(join(folder, 'labels.txt'), 'utf8').trim().split('\n');
  // A head's classes are ordered by their labels, however the pictures came.
  expect(labels.toSorted()).toEqual(classes.map(({ label }) => label).toSorted());
  const kept = await page.evaluate(readDatabases);
  // Else it would not be found either if nothing had been read.
  expect(kept).toContain('zebra / horse');
  expect(kept).toContain('PNG');
  expect(kept).not.toContain(TOKEN);
});

/** All that is kept in databases, as text. Runs in the page. */
async function readDatabases(): Promise<string> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('the database can’t be read'));
    });
  const texts: string[] = [];
  const write = async (value: unknown): Promise<void> => {
    if (value instanceof Blob) texts.push(await value.text());
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
      texts.push(new TextDecoder('latin1').decode(value));
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        texts.push(key);
        await write(inner);
      }
    else texts.push(String(value));
  };
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = await done(database.transaction(store).objectStore(store).getAll());
      for (const row of rows) await write(row);
    }
    database.close();
  }
  return texts.join('\n');
}
