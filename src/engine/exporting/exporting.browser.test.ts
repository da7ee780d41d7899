/** Written and run for real, beside the engine's own answers: the preview. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers, judgeAgreement } from '../../core/agreement.ts';
import {
  isCheckable,
  PRECISIONS,
  type CheckableFormat,
  type ExportFormat,
} from '../../core/export-format.ts';
import type { Crop } from '../../core/preprocess.ts';
import { Cancelled } from '../../core/problem.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { exampleHead, exampleSource } from '../../formats/testing/example-classifier.ts';
import { createEngine, type EngineClient } from '../client.ts';
import type { ExportRequest } from '../contract.ts';
import { askPreview } from '../testing/classifier.ts';
import { asFiles } from '../testing/parts.ts';
import { drawPicture } from '../testing/pictures.ts';
import { tinyLayersModel } from '../testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../testing/tiny-mobilenet.ts';
import { createExportEngine } from './client.ts';

const FORMATS = Object.keys(PRECISIONS) as ExportFormat[];
const CHECKABLE = FORMATS.filter(isCheckable);
const PAGE = 'before <!-- classifier --> after';
const EXPORTS = createExportEngine(() => Promise.resolve(PAGE), 'Headstart test');
const PICTURES = 6;

let engine: EngineClient;
let pictures: readonly File[];

beforeAll(async () => {
  engine = createEngine();
  await engine.start({ backend: 'wasm' });
  pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, index) =>
      drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    ),
  );
});
afterAll(() => {
  engine.dispose();
});

/** A classifier on that backbone, which the engine then answers with. */
async function classifierOn(
  files: readonly File[],
  { crop, hidden }: { crop: Crop; hidden: readonly number[] },
): Promise<ExportedClassifier> {
  const loaded = await engine.loadBackbone({
    kind: 'files',
    files: [...files],
    inputRange: [-1, 1],
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  const head = exampleHead(loaded.value.embeddingLength, [...hidden, 3]);
  await engine.useHead(head);
  const backboneFiles = await engine.backboneFiles();
  return exampleSource({ head, backbone: loaded.value, backboneFiles, crop });
}

async function agreementOf(
  source: ExportedClassifier,
  request: ExportRequest & { readonly format: CheckableFormat },
) {
  const written = await EXPORTS.write(source, request, pictures);
  if (!written.ok) throw new Error(JSON.stringify(written.problem));
  const { crop, backbone } = source;
  const done: number[] = [];
  const run = await EXPORTS.run(
    written.value,
    { format: request.format, crop, sidePx: backbone.inputSidePx, pictures },
    { onReport: (count) => done.push(count) },
  );
  expect(done.at(-1)).toBe(PICTURES);
  expect(run.millisAPicture).toBeGreaterThan(0);
  expect(run.runtime).not.toBe('');
  const bytes = written.value.reduce((sum, file) => sum + file.bytes.length, 0);
  const answers = await askPreview(engine, pictures, crop);
  return { bytes, ...compareAnswers(answers, run.probabilities, source.classes.length) };
}

describe.each([
  { words: 'a graph model', files: () => tinyMobilenet(), crop: 'centre', hidden: [] },
  {
    words: 'a layers model',
    files: () => tinyLayersModel({ sidePx: 96 }),
    crop: 'pad',
    hidden: [7],
  },
] as const)('$words', ({ files, crop, hidden }) => {
  let source: ExportedClassifier;
  beforeAll(async () => {
    source = await classifierOn(asFiles(files()), { crop, hidden });
  });

  it.each(CHECKABLE)('%s answers as the preview does', async (format) => {
    const agreement = await agreementOf(source, { format, precision: 'float32' });
    expect(judgeAgreement(agreement)).toBe('exact');
    expect(agreement.largestDifference).toBeLessThan(1e-4);
  });

  it.each(['tfjs', 'tflite'] as const)('half-size weights answer nearly so, %s', async (format) => {
    const full = await agreementOf(source, { format, precision: 'float32' });
    const half = await agreementOf(source, { format, precision: 'float16' });
    expect(half.largestDifference).toBeLessThan(0.05);
    expect(half.largestDifference).toBeGreaterThan(full.largestDifference);
    expect(half.bytes).toBeLessThan(full.bytes);
  });

  it('those of a quarter less so', async () => {
    const half = await agreementOf(source, { format: 'tfjs', precision: 'float16' });
    const quarter = await agreementOf(source, { format: 'tfjs', precision: 'uint8' });
    expect(quarter.bytes).toBeLessThan(half.bytes);
    expect(quarter.largestDifference).toBeGreaterThan(half.largestDifference);
  });

  it('calibrated on pictures, eight bits compute nearly the same', async () => {
    const full = await agreementOf(source, { format: 'tflite', precision: 'float32' });
    const quarter = await agreementOf(source, { format: 'tflite', precision: 'int8' });
    expect(quarter.largestDifference).toBeGreaterThan(full.largestDifference);
    expect(quarter.largestDifference).toBeLessThan(0.3);
  });

  it('says how many pictures it was calibrated on, and refuses to guess without', async () => {
    const request = { format: 'tflite', precision: 'int8' } as const;
    const done: number[] = [];
    await EXPORTS.write(source, request, pictures, { onReport: (count) => done.push(count) });
    expect(done).toEqual(pictures.map((_, index) => index + 1));
    await expect(EXPORTS.write(source, request, [])).rejects.toThrow('nothing to calibrate with');
  });

  it('says with each file what is in it and how pictures are prepared', async () => {
    for (const format of FORMATS.filter((one) => one !== 'page')) {
      const written = await EXPORTS.write(source, { format, precision: 'float32' }, []);
      if (!written.ok) throw new Error(written.problem.code);
      const text = (name: string) =>
        new TextDecoder().decode(written.value.find((file) => file.name === name)?.bytes);
      expect(text('labels.txt').trim().split('\n')).toEqual(
        source.classes.map(({ label }) => label),
      );
      expect(text('README.txt')).toContain('triangle filter');
      if (format === 'tfjs') {
        const metadata = JSON.parse(text('metadata.json')) as Record<string, unknown>;
        expect(metadata).toMatchObject({
          labels: source.classes.map(({ label }) => label),
          imageSize: source.backbone.inputSidePx,
        });
      }
    }
  });
});

it('a page carries its classifier as text that can’t end the element it stands in', async () => {
  const source = await classifierOn(asFiles(tinyMobilenet()), { crop: 'centre', hidden: [4] });
  const written = await EXPORTS.write(source, { format: 'page', precision: 'float32' }, []);
  if (!written.ok) throw new Error(written.problem.code);
  const [file] = written.value;
  const text = new TextDecoder().decode(file?.bytes);
  const page = new DOMParser().parseFromString(text, 'text/html');
  expect(page.querySelectorAll('script')).toHaveLength(2);
  expect(page.querySelector('img')).toBeNull();
  const payload = JSON.parse(page.getElementById('classifier')?.textContent ?? '') as unknown;
  expect(payload).toMatchObject({ labels: source.classes.map(({ label }) => label) });
  expect(page.body.textContent.trim()).toMatch(/^before.*after$/su);
});

describe('what goes wrong', () => {
  it('a file that the runtime refuses is an error with its words', async () => {
    const request = { format: 'onnx', crop: 'centre', sidePx: 96, pictures } as const;
    const file = { name: 'model.onnx', bytes: new Uint8Array([1, 2, 3]) };
    await expect(EXPORTS.run([file], request)).rejects.toThrow();
    await expect(EXPORTS.run([], request)).rejects.toThrow('no model.onnx');
  });

  it('cancelled, it ends at once', async () => {
    const source = await classifierOn(asFiles(tinyMobilenet()), { crop: 'centre', hidden: [] });
    const abort = new AbortController();
    const writing = EXPORTS.write(source, { format: 'onnx', precision: 'float32' }, [], abort);
    abort.abort();
    await expect(writing).rejects.toThrow(Cancelled);
    const request = { format: 'onnx', precision: 'float32' } as const;
    await expect(EXPORTS.write(source, request, [], abort)).rejects.toThrow(Cancelled);
  });
});
