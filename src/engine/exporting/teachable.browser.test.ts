/** Classifiers of Teachable Machine: taken in, they answer as TF.js does with the files as they were. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers, judgeAgreement } from '../../core/agreement.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { readTeachable } from '../../formats/teachable/read-teachable.ts';
import { exampleSource } from '../../formats/testing/example-classifier.ts';
import { teachableExport } from '../../formats/testing/teachable-export.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { drawPicture } from '../testing/pictures.ts';
import { createExportEngine } from './client.ts';

const EXPORTS = createExportEngine(() => Promise.resolve('<!-- classifier -->'));
const PICTURES = 20;
const given = import.meta.env['HEADSTART_TEACHABLE'] !== '';
const photographs = import.meta.env['HEADSTART_DATASETS'] !== '';

let engine: EngineClient;
let pictures: readonly File[];
beforeAll(async () => {
  engine = createEngine();
  await engine.start({ backend: 'wasm' });
  pictures = photographs
    ? await fetchPhotographs()
    : await Promise.all(
        Array.from({ length: PICTURES }, (_, index) =>
          drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
        ),
      );
});
afterAll(() => {
  engine.dispose();
});

async function fetchFile(path: string): Promise<File> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
  return new File([await response.blob()], path.slice(path.lastIndexOf('/') + 1));
}

async function fetchPhotographs(): Promise<readonly File[]> {
  const folder = '/datasets/clothing/test/shoes/';
  const names = (await (await fetch(`${folder}?list`)).json()) as readonly string[];
  return Promise.all(names.slice(0, PICTURES).map((name) => fetchFile(folder + name)));
}

async function fetchExport(name: string): Promise<Map<string, File>> {
  const files = ['model.json', 'weights.bin', 'metadata.json'].map(async (file) => {
    const found = await fetchFile(`/teachable/${name}/${file}`);
    return [file, found] as const;
  });
  return new Map(await Promise.all(files));
}

describe.each([
  { name: 'made', files: () => Promise.resolve(teachableExport()), skip: false },
  { name: 'ten-classes', files: () => fetchExport('ten-classes'), skip: !given },
  { name: 'two-classes', files: () => fetchExport('two-classes'), skip: !given },
])('$name', ({ files, skip }) => {
  let source: ExportedClassifier;
  let original: Map<string, File>;
  let preview: Float32Array;

  beforeAll(async () => {
    if (skip) return;
    original = await files();
    const read = await readTeachable(original);
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
    const { head, classes, backboneFiles, inputRange, crop } = read.value;
    const loaded = await engine.loadBackbone({
      kind: 'files',
      files: [...backboneFiles],
      inputRange,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
    await engine.useHead(head);
    const answers: number[] = [];
    for (const picture of pictures) {
      const answered = await engine.classify(picture, crop);
      if (!answered.ok) throw new Error(answered.problem.code);
      answers.push(...answered.value.probabilities);
    }
    preview = Float32Array.from(answers);
    source = exampleSource({
      head,
      classes,
      backbone: loaded.value,
      backboneFiles: await engine.backboneFiles(),
      crop,
    });
  });

  async function answersOf(format: 'tfjs' | 'tflite' | 'onnx', written: ExportedClassifier | null) {
    const { crop, backbone, classes } = source;
    const writing = written && (await EXPORTS.write(written, { format, precision: 'float32' }, []));
    if (writing?.ok === false) throw new Error(JSON.stringify(writing.problem));
    const bytes = [...original].map(async ([name, file]) => ({
      name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    }));
    const run = await EXPORTS.run(writing?.value ?? (await Promise.all(bytes)), {
      format,
      crop,
      sidePx: backbone.inputSidePx,
      pictures,
    });
    return compareAnswers(preview, run.probabilities, classes.length);
  }

  it.skipIf(skip)('answers as TF.js does with the files as they were', async () => {
    expect(new Set(preview).size).toBeGreaterThan(PICTURES);
    const agreement = await answersOf('tfjs', null);
    expect(agreement).toMatchObject({ pictures: PICTURES, same: PICTURES });
    expect(agreement.largestDifference).toBeLessThan(1e-4);
  });

  it.skipIf(skip).each(['tfjs', 'tflite', 'onnx'] as const)('goes on as %s', async (format) => {
    const agreement = await answersOf(format, source);
    expect(judgeAgreement(agreement)).toBe('exact');
    expect(agreement.largestDifference).toBeLessThan(1e-4);
  });

  it.skipIf(skip).each(['keras', 'pytorch', 'page'] as const)(
    'is written as %s',
    async (format) => {
      expect(await EXPORTS.write(source, { format, precision: 'float32' }, [])).toMatchObject({
        ok: true,
      });
    },
  );
});
