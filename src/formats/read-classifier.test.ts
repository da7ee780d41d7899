import { expect, test } from 'vitest';
import type { ModelFile } from '../core/backbone.ts';
import { readClassifier } from './read-classifier.ts';
import { exampleHead, exampleSource } from './testing/example-classifier.ts';
import { writeClassifier } from './write-classifier.ts';

const source = exampleSource();
const written = writeClassifier(source, 'Headstart 1.2.3');

function writtenText(name: string): string {
  return new TextDecoder().decode(written.find((file) => file.name === name)?.bytes);
}

const asMap = (files: readonly ModelFile[]) =>
  new Map(files.map(({ name, bytes }) => [name, new File([bytes], name.split('/').at(-1) ?? '')]));

/** The written export with some files replaced, or left out where null. */
function withFiles(change: Readonly<Record<string, string | Uint8Array<ArrayBuffer> | null>>) {
  const files = asMap(written);
  for (const [name, content] of Object.entries(change)) {
    if (content === null) files.delete(name);
    else files.set(name, new File([content], name));
  }
  return files;
}

test('an export is read back whole', async () => {
  const read = await readClassifier(asMap(written));
  expect(read.ok && read.value).toMatchObject({
    head: source.head,
    classes: source.classes,
    backboneSha256: source.backbone.sha256,
    inputRange: [-1, 1],
    crop: 'centre',
    validation: source.validation,
    test: null,
    fittedAtMillis: source.fittedAtMillis,
  });
  expect(read.ok && read.value.backboneFiles.map(({ name }) => name)).toEqual([
    'model.json',
    'group1-shard1of1.bin',
  ]);
});

test('an export holds what it says, and its labels one a line', () => {
  expect(written.map(({ name }) => name)).toEqual([
    'model.json',
    'weights.bin',
    'metadata.json',
    'labels.txt',
    'README.txt',
    'backbone/model.json',
    'backbone/group1-shard1of1.bin',
    'index.html',
    'player.js',
  ]);
  expect(writtenText('labels.txt')).toBe('hat\n<img src=x onerror=alert(1)>\n__proto__\n');
  expect(writtenText('README.txt')).toMatchSnapshot();
});

test('two files of one name are a defect, not an export', () => {
  const player = [{ name: 'model.json', bytes: new Uint8Array() }];
  expect(() => writeClassifier(exampleSource({ playerFiles: player }), 'x')).toThrow('one name');
});

const other = writeClassifier(exampleSource({ head: exampleHead(5, [4, 2]) }), 'x');
const otherModel = other.find(({ name }) => name === 'model.json')?.bytes ?? null;

test.each([
  ['no weights', { 'weights.bin': null }, 'weights.bin', 'it is missing'],
  [
    'short weights',
    { 'weights.bin': new Uint8Array(100) },
    'weights.bin',
    'it should hold 156 bytes and holds 100',
  ],
  [
    'long weights',
    { 'weights.bin': new Uint8Array(160) },
    'weights.bin',
    'it should hold 156 bytes and holds 160',
  ],
  ['no model', { 'model.json': null }, 'model.json', 'it is missing'],
  ['a model that is text', { 'model.json': 'hello' }, 'model.json', 'it is not valid JSON'],
  [
    'a model of other classes',
    { 'model.json': otherModel },
    'model.json',
    'it has 2 outputs for 3 labels',
  ],
  [
    'a model that names its weights twice',
    {
      'model.json': writtenText('model.json').replace(
        '["weights.bin"]',
        '["weights.bin","weights.bin"]',
      ),
    },
    'model.json',
    'weightsManifest[0].paths name a file twice',
  ],
  ['metadata that is text', { 'metadata.json': '{' }, 'metadata.json', 'it is not valid JSON'],
  ['no backbone', { 'backbone/model.json': null }, 'backbone/model.json', 'it is missing'],
  [
    'a lost shard',
    { 'backbone/group1-shard1of1.bin': null },
    'backbone/group1-shard1of1.bin',
    'it is missing',
  ],
])('%s: refused with the file and the reason', async (_, change, file, reason) => {
  expect(await readClassifier(withFiles(change))).toEqual({
    ok: false,
    problem: { code: 'classifier-invalid', file, reason },
  });
});
