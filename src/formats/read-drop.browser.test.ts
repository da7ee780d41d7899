import { expect, test } from 'vitest';
import { Cancelled } from '../core/problem.ts';
import type { DroppedFile } from './contract.ts';
import { LABELS, teachableExport } from './testing/teachable-export.ts';
import { createFormats } from './formats.ts';
import { buildZip } from './testing/build-zip.ts';
import { writeClassifier } from './write-classifier.ts';
import { exampleSource } from './testing/example-classifier.ts';

const formats = createFormats('Headstart test');
const bytes = (text: string) => new TextEncoder().encode(text);

const dropped = (path: string, content = path, type = ''): DroppedFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? '', { type }),
});

const exported = () => writeClassifier(exampleSource(), 'Headstart');

const asDropped = (root: string): DroppedFile[] =>
  exported().map(({ name, bytes: content }) => ({
    path: root + name,
    file: new File([content], name.split('/').at(-1) ?? ''),
  }));

async function read(files: readonly DroppedFile[]) {
  const result = await formats.readDrop(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

test('pictures are pictures, with whatever lies beside them', async () => {
  const found = await read([
    dropped('hat/1.jpg'),
    dropped('hat/Thumbs.db'),
    dropped('notes.txt'),
    dropped('data.json', '{}'),
  ]);
  expect(found.kind).toBe('pictures');
  expect(found.kind === 'pictures' && found.files.map(({ path }) => path)).toEqual([
    'hat/1.jpg',
    'notes.txt',
    'data.json',
  ]);
});

test('an archive among pictures is opened in its place; a broken one is named', async () => {
  const good = await buildZip('more.zip', [{ name: 'hat/2.jpg', bytes: bytes('x') }]);
  const found = await read([
    dropped('hat/1.jpg'),
    { path: 'more.zip', file: good },
    dropped('bad.zip', 'no archive'),
    dropped('empty.zip', ''),
    dropped('hat/3.jpg'),
  ]);
  expect(found).toMatchObject({
    kind: 'pictures',
    files: [{ path: 'hat/1.jpg' }, { path: 'more/hat/2.jpg' }, { path: 'hat/3.jpg' }],
    problems: [
      { code: 'zip-damaged', file: 'bad.zip' },
      { code: 'file-empty', file: 'empty.zip' },
    ],
  });
});

test('an archive with nothing in it is named', async () => {
  const none = await buildZip('none.zip', []);
  const clutter = await buildZip('clutter.zip', [{ name: '.DS_Store', bytes: bytes('x') }]);
  const found = await read([none, clutter].map((file) => ({ path: file.name, file })));
  expect(found).toEqual({
    kind: 'pictures',
    files: [],
    problems: [
      { code: 'zip-empty', file: 'none.zip' },
      { code: 'zip-empty', file: 'clutter.zip' },
    ],
  });
});

test('nothing is nothing', async () => {
  expect(await read([])).toEqual({ kind: 'pictures', files: [], problems: [] });
});

test.each(['', 'my-export/', 'a/b/'])(
  'an export dropped as files below %j comes back',
  async (root) => {
    const found = await read(asDropped(root));
    const source = exampleSource();
    expect(found.kind === 'classifier' && found.classifier).toMatchObject({
      head: source.head,
      classes: source.classes,
    });
  },
);

test('an export dropped as its zip comes back, backbone and all', async () => {
  const packed = await formats.zip(exported());
  expect(packed.type).toBe('application/zip');
  const found = await read([{ path: 'my.zip', file: new File([packed], 'my.zip') }]);
  if (found.kind !== 'classifier') throw new Error(found.kind);
  expect(found.classifier.head).toEqual(exampleSource().head);
  const [model, weights] = found.classifier.backboneFiles;
  expect([model?.name, weights?.name, weights?.size]).toEqual([
    'model.json',
    'group1-shard1of1.bin',
    64,
  ]);
});

test('a zip with one folder at its top comes back too', async () => {
  const packed = await formats.zip(
    exported().map((file) => ({ ...file, name: `export/${file.name}` })),
  );
  const found = await read([{ path: 'my.zip', file: new File([packed], 'my.zip') }]);
  expect(found.kind).toBe('classifier');
});

test('an export that is not whole is refused with its reason', async () => {
  const files = asDropped('x/').filter(({ path }) => path !== 'x/weights.bin');
  expect(await formats.readDrop(files)).toEqual({
    ok: false,
    problem: { code: 'classifier-invalid', file: 'weights.bin', reason: 'it is missing' },
  });
});

test('beside an export, pictures are what was meant', async () => {
  expect((await read([...asDropped('export/'), dropped('hat/1.jpg')])).kind).toBe('pictures');
});

test('a model with its weights is a backbone, the model first', async () => {
  const found = await read([
    dropped('mobilenet/group1-shard1of2'),
    dropped('mobilenet/group1-shard2of2'),
    dropped('mobilenet/model.json', '{}'),
  ]);
  expect(found.kind === 'backbone' && found.files.map(({ name }) => name)).toEqual([
    'model.json',
    'group1-shard1of2',
    'group1-shard2of2',
  ]);
});

test('a model by another name is known by what stands in it', async () => {
  const found = await read([
    dropped('settings.json', '{"a": 1}'),
    dropped('my-model.json', '{"modelTopology": {}, "weightsManifest": []}'),
    dropped('my-model.weights.bin'),
  ]);
  expect(found.kind === 'backbone' && found.files[0]?.name).toBe('my-model.json');
});

test('a classifier in Teachable Machine’s layout is one, in a folder too', async () => {
  const files = Array.from(teachableExport(), ([name, file]) => ({
    path: `my model/${name}`,
    file,
  }));
  const found = await read(files);
  expect(found.kind === 'classifier' && found.classifier.classes.map(({ label }) => label)).toEqual(
    LABELS,
  );
});

test("another program's export is a backbone, not a classifier of ours", async () => {
  const found = await read([
    dropped('metadata.json', '{"classes": ["a", "b"]}'),
    dropped('model.json', '{"modelTopology": {}, "weightsManifest": []}'),
    dropped('weights.bin'),
  ]);
  expect(found.kind).toBe('backbone');
});

test('a model beside pictures does not make them a backbone', async () => {
  expect((await read([dropped('model.json', '{}'), dropped('hat/1.jpg')])).kind).toBe('pictures');
});

test('it can be cancelled', async () => {
  await expect(formats.readDrop([dropped('hat/1.jpg')], AbortSignal.abort())).rejects.toThrow(
    Cancelled,
  );
});
