import { describe, expect, test } from 'vitest';
import { PRECISIONS } from '../core/export-format.ts';
import { NotFetched } from '../core/problem.ts';
import type { ExportRequest } from '../engine/contract.ts';
import { drop, drops, makeApp, type Made, stored } from './testing/make-app.ts';

const ONNX: ExportRequest = { format: 'onnx', precision: 'float32' };
const CHECK = { check: true };

async function trained(count = 60): Promise<Made> {
  const made = await makeApp();
  await made.app.arrival.addFiles(drops(['hat', 'shoes'], count));
  await made.app.training.train();
  return made;
}

describe('the classifier in another format', () => {
  test('is proved on the pictures that were kept aside', async () => {
    const { app, exports } = await trained();
    app.project.rename('Hats / shoes');
    const file = await app.wholeExport.write(ONNX, CHECK);
    const aside = app.training.evaluation?.count ?? 0;
    expect(aside).toBeGreaterThan(0);
    expect(file).toMatchObject({
      name: 'Hats-shoes-onnx.zip',
      parts: [
        {
          request: ONNX,
          unchecked: null,
          proof: {
            pictures: aside,
            same: aside,
            verdict: 'exact',
            acquaintance: 'aside',
            millisAPicture: 3,
          },
        },
      ],
    });
    expect(exports.written).toEqual([ONNX]);
    expect(app.wholeExport.phase).toBe('idle');
    expect(app.wholeExport.file).toBe(file);
  });

  test('on those it learned from, at most a hundred, where none were kept aside', async () => {
    const { app } = await trained();
    app.project.setTraining({ validationShare: 0 });
    await app.training.train();
    const file = await app.wholeExport.write(ONNX, CHECK);
    expect(file?.parts).toMatchObject([{ proof: { pictures: 100, acquaintance: 'learned' } }]);
  });

  test.each([
    { share: 0.03, verdict: 'differs' },
    { share: 0.5, verdict: 'unusable' },
  ] as const)('other answers to $share of the pictures: $verdict', async ({ share, verdict }) => {
    const { app, exports } = await trained();
    app.project.setTraining({ validationShare: 0 });
    await app.training.train();
    let picture = 0;
    exports.distort = (probabilities) =>
      picture++ < share * 100 ? probabilities.toReversed() : probabilities;
    const file = await app.wholeExport.write({ format: 'tfjs', precision: 'uint8' }, CHECK);
    expect(file?.parts).toMatchObject([{ proof: { verdict, same: 100 - 100 * share } }]);
  });

  test('eight bits are calibrated on pictures that the check doesn’t use', async () => {
    const { app, exports, store } = await trained(80);
    const judged = (await stored(store)).classifier?.judged ?? [];
    const aside = await Promise.all(
      judged.map(async ({ sampleId }) => (await app.project.readFile(sampleId))?.text()),
    );
    const file = await app.wholeExport.write({ format: 'tflite', precision: 'int8' }, CHECK);
    expect(file?.parts).toMatchObject([{ proof: { acquaintance: 'aside' } }]);
    expect(aside.length).toBeGreaterThan(0);
    expect(exports.calibratedOn).toHaveLength(16);
    expect(exports.calibratedOn.filter((picture) => aside.includes(picture))).toEqual([]);
    await app.wholeExport.write(ONNX, CHECK);
    expect(exports.calibratedOn).toEqual([]);
  });

  test('a check that can’t be run is said, and keeps nobody from the file', async () => {
    const { app, exports } = await trained(5);
    exports.crash = new Error('no runtime');
    expect(await app.wholeExport.write(ONNX, CHECK)).toMatchObject({
      parts: [{ proof: null, unchecked: { failure: 'no runtime' } }],
    });
    exports.crash = new NotFetched('onnxruntime-web', {});
    expect(await app.wholeExport.write(ONNX, CHECK)).toMatchObject({
      parts: [{ proof: null, unchecked: 'not-fetched' }],
    });
    expect(await app.wholeExport.write(ONNX, { check: false })).toMatchObject({
      parts: [{ proof: null, unchecked: 'skipped' }],
    });
  });

  test('a format that no browser runs is handed over with a word on that', async () => {
    const { app } = await trained(5);
    const file = await app.wholeExport.write({ format: 'pytorch', precision: 'float32' }, CHECK);
    expect(file).toMatchObject({ parts: [{ proof: null, unchecked: 'no-runtime' }] });
  });

  test('what can’t be translated is a problem; the next attempt is free of it', async () => {
    const { app, exports } = await trained(5);
    const problem = {
      code: 'model-not-translatable',
      layer: 'x',
      operation: 'Y',
      reason: 'z',
    } as const;
    exports.problem = problem;
    expect(await app.wholeExport.write(ONNX, CHECK)).toBeNull();
    expect(app.wholeExport.problem).toEqual(problem);
    exports.problem = null;
    expect(await app.wholeExport.write(ONNX, CHECK)).not.toBeNull();
    expect(app.wholeExport.problem).toBeNull();
  });

  test('everything: each format once, the preview asked once, in folders of one zip', async () => {
    const { app, exports, formats } = await trained(5);
    const file = await app.wholeExport.write('everything', CHECK);
    expect(file?.name).toBe('classifier-everything.zip');
    const wanted = exports.written.map(({ format }) => format);
    expect(new Set(wanted)).toEqual(new Set(Object.keys(PRECISIONS)));
    expect(file?.parts.map(({ request }) => request.format)).toEqual(wanted);
    expect(formats.zipped.map(({ name }) => name)).toEqual([
      ...wanted.map((format) => `${format}/model.${format}`),
      'headstart/model.json',
      'embeddings/embeddings.npy',
    ]);
  });

  test('everything goes without a format that can’t be written, and says so', async () => {
    const { app, exports, formats } = await trained(5);
    const problem = {
      code: 'model-not-translatable',
      layer: 'x',
      operation: 'Y',
      reason: 'z',
    } as const;
    exports.problem = problem;
    const file = await app.wholeExport.write('everything', CHECK);
    expect(file?.parts.every((part) => part.proof === null)).toBe(true);
    expect(file?.parts[0]?.unchecked).toEqual({ missing: problem });
    expect(app.wholeExport.problem).toBeNull();
    expect(formats.zipped.map(({ name }) => name)).toEqual([
      'headstart/model.json',
      'embeddings/embeddings.npy',
    ]);
  });

  test('once the classifier is another, what was written is no longer offered', async () => {
    const { app } = await trained(5);
    expect(await app.wholeExport.write(ONNX, CHECK)).not.toBeNull();
    await app.training.train();
    expect(app.wholeExport.file).toBeNull();
  });

  test('cancelled, there is neither file nor problem', async () => {
    const { app, engine } = await trained(5);
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const writing = app.wholeExport.write(ONNX, CHECK);
    expect(await app.wholeExport.write(ONNX, CHECK)).toBeNull();
    app.wholeExport.cancel();
    open();
    expect(await writing).toBeNull();
    expect(app.wholeExport.problem).toBeNull();
    expect(app.wholeExport.phase).toBe('idle');
  });

  test('there is none without a classifier', async () => {
    const { app } = await makeApp();
    expect(await app.wholeExport.write(ONNX, CHECK)).toBeNull();
  });
});

test('embeddings are taken along with labels and purposes, a line for each picture', async () => {
  const { app, engine } = await makeApp();
  const tests = [7, 8, 9].map((n) => drop(`test/hat/${String(n)}.png`, `hat ${String(n)}`));
  await app.arrival.addFiles([...drops(['train/hat', 'train/shoes'], 3), ...tests]);
  expect(await app.exporter.exportEmbeddings()).toMatchObject({
    name: 'classifier-embeddings.zip',
  });
  const { samples = [], lengths = [], crop } = engine.embeddings ?? {};
  expect(crop).toBe('centre');
  expect(samples).toHaveLength(9);
  expect(
    samples.filter(({ label, purpose }) => label === 'hat' && purpose === 'test'),
  ).toHaveLength(3);
  expect(lengths).toEqual(samples.map(() => 8));
  expect(app.exporter.embeddingsBytes).toBe(9 * 8 * 4);
});
