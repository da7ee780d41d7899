import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at } from '../core/at.ts';
import { exampleSource } from './testing/example-classifier.ts';
import readScript from './testing/read-embeddings.py?raw';
import { npyHeader, writeEmbeddings } from './write-embeddings.ts';

const LENGTH = 5;
const NAMES = ['a.png', 'he said "hi", twice.jpg', '=1+1\n2.png'];

const samples = NAMES.map((name, row) => ({
  name,
  label: row === 0 ? '<b>hat</b>' : 'shoes, red',
  purpose: row === 2 ? ('test' as const) : ('train' as const),
  embedding: Float32Array.from({ length: LENGTH }, (_, index) => row + index / 8),
}));

function write() {
  const { backbone, crop } = exampleSource();
  const source = { samples, backbone: { ...backbone, embeddingLength: LENGTH }, crop };
  return writeEmbeddings(source, 'Headstart', () => Promise.resolve());
}

it.each([[[3, 5]], [[100_000, 1280]], [[7]]])(
  'a header of shape %j ends on a multiple of 64',
  (shape) => {
    const header = npyHeader(shape);
    expect(header.length % 64).toBe(0);
    expect(header.at(-1)).toBe(10);
    expect(new DataView(header.buffer).getUint16(8, true)).toBe(header.length - 10);
  },
);

it('has the numbers row by row, and a line for each', async () => {
  const files = await write();
  expect(files.map(({ name }) => name)).toEqual(['embeddings.npy', 'samples.csv', 'README.txt']);
  const { bytes } = at(files, 0);
  const values = new Float32Array(bytes.buffer, npyHeader([3, LENGTH]).length);
  expect([...values]).toEqual(samples.flatMap(({ embedding }) => [...embedding]));
  expect(new TextDecoder().decode(at(files, 1).bytes)).toBe(
    '"row","label","purpose","file"\r\n' +
      '0,"<b>hat</b>","train","a.png"\r\n' +
      '1,"shoes, red","train","he said ""hi"", twice.jpg"\r\n' +
      '2,"shoes, red","test","=1+1\n2.png"\r\n',
  );
});

const PYTHON = '/usr/bin/python3';

function hasNumpy(): boolean {
  if (!existsSync(PYTHON)) return false;
  try {
    execFileSync(PYTHON, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Without Debian's python3-numpy there is no NumPy to ask; the test above reads the bytes itself.
it.skipIf(!hasNumpy())('NumPy and Python read them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-npy-'));
  try {
    const paths = (await write()).map(({ name, bytes }) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    });
    const said = execFileSync(PYTHON, ['-c', readScript, ...paths], { encoding: 'utf8' });
    const rows = samples.map(({ embedding }) => [...embedding]);
    const lines = samples.map(({ name, label, purpose }, row) => [
      String(row),
      label,
      purpose,
      name,
    ]);
    const titles = ['row', 'label', 'purpose', 'file'];
    expect(JSON.parse(said)).toEqual([rows, 'float32', [titles, ...lines]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
