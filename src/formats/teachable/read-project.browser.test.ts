import { expect, test } from 'vitest';
import { readDrop } from '../read-drop.ts';
import { buildZip, type ZipPart } from '../testing/build-zip.ts';

const TOKEN = 'ya29.secret';
const MANIFEST = {
  type: 'image',
  version: '2.4.10',
  appdata: { publishResults: { accessToken: TOKEN }, trainEpochs: 50 },
};

const bytes = (text: string) => new TextEncoder().encode(text);
const picture = (name: string): ZipPart => ({ name, bytes: bytes(`picture ${name}`) });
const manifest = (value: unknown = MANIFEST): ZipPart => ({
  name: 'manifest.json',
  bytes: bytes(typeof value === 'string' ? value : JSON.stringify(value)),
});

async function read(parts: readonly ZipPart[]) {
  const file = await buildZip('things.tm', parts);
  const found = await readDrop([{ path: 'things.tm', file }]);
  if (!found.ok || found.value.kind !== 'pictures') throw new Error(JSON.stringify(found));
  return found.value;
}

test('classes come in the order of the archive, their pictures by number', async () => {
  const { files, problems } = await read([
    picture('zebra-!-1.jpg'),
    picture('zebra-!-10.jpg'),
    picture('ape-!-0.jpg'),
    picture('zebra-!-2.jpg'),
    manifest(),
  ]);
  expect(problems).toEqual([]);
  expect(files.map(({ label, file }) => [label, file.name, file.type])).toEqual([
    ['zebra', 'zebra-!-1.jpg', 'image/jpeg'],
    ['zebra', 'zebra-!-2.jpg', 'image/jpeg'],
    ['zebra', 'zebra-!-10.jpg', 'image/jpeg'],
    ['ape', 'ape-!-0.jpg', 'image/jpeg'],
  ]);
  expect(await files[0]?.file.text()).toBe('picture zebra-!-1.jpg');
});

test('labels are what stands before the last separator, whatever it is', async () => {
  const labels = ['a/b', '../c', '__proto__', '🦊 "quoted"', 'x-!-y', '.hidden', 'test/train', ''];
  const { files } = await read([...labels.map((label) => picture(`${label}-!-0.jpg`)), manifest()]);
  expect(files.map(({ label }) => label)).toEqual(labels);
});

test('nothing of the manifest is taken along', async () => {
  const { files } = await read([picture('a-!-0.jpg'), manifest()]);
  expect(files).toHaveLength(1);
  const texts = await Promise.all(files.map(({ file }) => file.text()));
  expect(JSON.stringify([files, texts])).not.toContain(TOKEN);
});

test.each(['audio', 'pose'])('a project of %s is refused by name', async (type) => {
  expect(await read([picture('a-!-0.jpg'), manifest({ type })])).toMatchObject({
    files: [],
    problems: [{ code: 'project-of-other-kind', file: 'things.tm', kind: type }],
  });
});

test.each([
  ['broken', '{'],
  ['of something else', '[]'],
  ['without a type', '{"__proto__": {"type": "audio"}}'],
])('a manifest that is %s keeps nobody from the pictures', async (_, text) => {
  expect((await read([picture('a-!-0.jpg'), manifest(text)])).files).toHaveLength(1);
  expect((await read([picture('a-!-0.jpg')])).files).toHaveLength(1);
});

test('one without pictures says so, and one that is no archive too', async () => {
  for (const parts of [[manifest()], [picture('a.jpg'), picture('b-!-0.txt'), manifest()]]) {
    expect(await read(parts)).toMatchObject({
      files: [],
      problems: [{ code: 'project-empty', file: 'things.tm' }],
    });
  }
  const found = await readDrop([{ path: 'x.tm', file: new File(['no zip'], 'x.tm') }]);
  expect(found).toMatchObject({
    ok: true,
    value: { files: [], problems: [{ code: 'zip-damaged', file: 'x.tm' }] },
  });
});

test('a model that hides in a project is not opened', async () => {
  const found = await read([
    { name: 'model.json', bytes: bytes('{"modelTopology":{},"weightsManifest":[]}') },
    { name: 'metadata.json', bytes: bytes('{"labels":["a"]}') },
    picture('a-!-0.jpg'),
    manifest(),
  ]);
  expect(found.files.map(({ label }) => label)).toEqual(['a']);
});
