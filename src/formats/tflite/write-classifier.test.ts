import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import { classifierNetwork, scalingOfLevels } from '../../network/classifier-network.ts';
import type { Network } from '../../network/network.ts';
import { exampleHead } from '../testing/example-classifier.ts';
import { Table } from './testing/read-flatbuffer.ts';
import { writeTfliteClassifier } from './write-classifier.ts';
import { writeTflite } from './write-tflite.ts';

const LABELS = ['hat', 'two\r\nlines', 'Mütze 🧢'];
const ABOUT = { name: 'Clothes', description: 'Tells clothes apart.', labels: LABELS };

function tinyClassifier(): Network {
  const backbone: Network = {
    steps: [{ kind: 'input', name: 'image', inputs: [], shape: [4, 4, 3] }],
  };
  return classifierNetwork(backbone, exampleHead(3, [3]), scalingOfLevels([-1, 1]));
}

function metadataOf(file: Uint8Array): Table {
  const model = Table.root(file, 'TFL3');
  const [entry, ...others] = model.tables(6);
  expect(others).toHaveLength(0);
  expect(entry?.text(0)).toBe('TFLITE_METADATA');
  const buffer = at(model.tables(4), entry?.integer(1) ?? 0);
  return Table.root(buffer.bytes(0), 'M001');
}

it('says what goes in, what comes out and where the labels are', async () => {
  const metadata = metadataOf(await writeTfliteClassifier(tinyClassifier(), ABOUT, { batch: 1 }));
  expect(metadata.text(0)).toBe(ABOUT.name);
  expect(metadata.text(1)).toBe(ABOUT.description);
  expect(metadata.text(7)).toBe('1.0.0');
  const graph = at(metadata.tables(3), 0);

  const image = at(graph.tables(2), 0);
  expect(image.text(0)).toBe('image');
  expect(image.table(3)?.byte(0)).toBe(2); // ImageProperties
  expect(image.table(3)?.table(1)?.byte(0)).toBe(1); // RGB
  const unit = at(image.tables(4), 0);
  expect(unit.byte(0)).toBe(1); // NormalizationOptions
  expect(unit.table(1)?.floats(0)).toEqual([0]);
  expect(unit.table(1)?.floats(1)).toEqual([1]);
  expect(image.table(5)?.floats(0)).toEqual([255]);

  const probabilities = at(graph.tables(3), 0);
  expect(probabilities.text(0)).toBe('probabilities');
  expect(probabilities.table(3)?.byte(0)).toBe(1); // FeatureProperties
  const labels = at(probabilities.tables(6), 0);
  expect(labels.text(0)).toBe('labels.txt');
  expect(labels.byte(2)).toBe(2); // TENSOR_AXIS_LABELS
});

it('carries no metadata that nobody asked for', () => {
  const model = Table.root(writeTflite(tinyClassifier(), { batch: 1 }), 'TFL3');
  expect(model.tables(6)).toHaveLength(0);
});

it('is the same whenever it is written', async () => {
  const write = () => writeTfliteClassifier(tinyClassifier(), ABOUT, { batch: 1 });
  expect(await write()).toEqual(await write());
});

it('wants a label for each output', async () => {
  const about = { ...ABOUT, labels: ['one'] };
  await expect(writeTfliteClassifier(tinyClassifier(), about, { batch: 1 })).rejects.toThrow(
    '1 labels for 3 outputs',
  );
});

const READ = `
import json, struct, sys, zipfile
with open(sys.argv[1], 'rb') as whole, zipfile.ZipFile(sys.argv[1]) as z:
    [entry] = z.infolist()
    # Where the end says that the directory is; zipfile itself would forgive another start.
    whole.seek(-6, 2)
    whole.seek(struct.unpack('<I', whole.read(4))[0])
    directory = whole.read(4).decode()
    whole.seek(entry.header_offset)
    print(json.dumps({
        'directory': directory,
        'name': entry.filename,
        'header': whole.read(4).decode(),
        'stored': entry.compress_type == zipfile.ZIP_STORED,
        'descriptor': bool(entry.flag_bits & 8),
        'bad': z.testzip(),
        'text': z.read(entry).decode(),
    }))
`;
const PYTHON = 'python3';
const found = spawnSync(PYTHON, ['-c', 'import zipfile']).status === 0;

it.skipIf(!found)(`opens as a zip${found ? '' : ' (skipped: no python3)'}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-'));
  try {
    const path = join(folder, 'model.tflite');
    writeFileSync(path, await writeTfliteClassifier(tinyClassifier(), ABOUT, { batch: 1 }));
    const text = execFileSync(PYTHON, ['-c', READ, path], { encoding: 'utf8' });
    expect(JSON.parse(text)).toEqual({
      name: 'labels.txt',
      directory: 'PK\u0001\u0002',
      header: 'PK\u0003\u0004',
      stored: true,
      descriptor: false,
      bad: null,
      text: 'hat\ntwo lines\nMütze 🧢\n',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
