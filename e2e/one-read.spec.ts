import { UNUSUAL } from './fixtures/bad-pictures.ts';
import { countVisits } from './file-visits.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { drawShapes, type MemoryFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

/** More than any thumbnail has, less than what the database puts into a file of its own. */
const LEAST_BYTES = 30_000;

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
