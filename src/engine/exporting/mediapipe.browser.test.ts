/** TensorFlow Lite files, as MediaPipe's own image classifier takes them: from the file alone. */
import { ImageClassifier } from '@mediapipe/tasks-vision';
import script from '@mediapipe/tasks-vision/vision_wasm_internal.js?url';
import wasm from '@mediapipe/tasks-vision/vision_wasm_internal.wasm?url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../core/agreement.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { askPreview, bringUpClassifier, spreadOf } from '../testing/classifier.ts';
import { fullInput } from '../testing/full-input.ts';
import { writeMobilenet } from '../testing/mobilenets.ts';
import { asFiles } from '../testing/parts.ts';
import { drawPicture } from '../testing/pictures.ts';
import {
  fetchModel,
  fetchPhotographs,
  haveDatasets,
  haveModels,
  whySkipped,
} from '../testing/real-files.ts';
import { createExportEngine } from './client.ts';
import { fileNamed } from './runner.ts';

const PRECISIONS = ['float32', 'float16'] as const;
const BOUNDS = { float32: 1e-4, float16: 3e-2 } as const;
const LABELS = ['hat', 'קרסול', '"a, b" 🧢', '<img src=x>'];
const PICTURES = 20;
const REAL = { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' };
const EXPORTS = createExportEngine(() => Promise.resolve(''), 'Headstart test');

let engine: EngineClient;
beforeAll(async () => {
  engine = createEngine();
  await engine.start({ backend: 'wasm' });
});
afterAll(() => {
  engine.dispose();
});

/** @returns row-major [pictures, classes], in the order of the labels. */
async function askMediapipe(
  file: Uint8Array,
  labels: readonly string[],
  pictures: readonly File[],
): Promise<Float32Array> {
  const classifier = await ImageClassifier.createFromOptions(
    { wasmLoaderPath: script, wasmBinaryPath: wasm },
    { baseOptions: { modelAssetBuffer: file, delegate: 'CPU' } },
  );
  try {
    const answers: number[] = [];
    for (const picture of pictures) {
      const image = await createImageBitmap(picture);
      const { classifications } = classifier.classify(image);
      image.close();
      const scores = new Map(
        classifications[0]?.categories.map((one) => [one.categoryName, one.score]),
      );
      expect([...scores.keys()].sort()).toEqual([...labels].sort());
      answers.push(...labels.map((label) => scores.get(label) ?? NaN));
    }
    return Float32Array.from(answers);
  } finally {
    classifier.close();
  }
}

async function differenceOf(
  source: ExportedClassifier,
  precision: (typeof PRECISIONS)[number],
  pictures: readonly File[],
): Promise<number> {
  const wanted = await askPreview(engine, pictures, source.crop);
  expect(spreadOf(wanted, source.classes.length)).toBeGreaterThan(0.1);
  const written = await EXPORTS.write(source, { format: 'tflite', precision }, []);
  if (!written.ok) throw new Error(JSON.stringify(written.problem));
  const { bytes } = fileNamed(written.value, 'model.tflite');
  const labels = source.classes.map(({ label }) => label);
  const answers = await askMediapipe(bytes, labels, pictures);
  return compareAnswers(wanted, answers, labels.length).largestDifference;
}

describe('MediaPipe’s image classifier answers as the preview does, asking nobody else', () => {
  // From 1.0 on the package reports its use to its maker; 0.10.35 is the last that doesn’t.
  const asked: string[] = [];
  const observer = new PerformanceObserver((list) => {
    asked.push(...list.getEntries().map(({ name }) => name));
  });
  beforeAll(() => {
    observer.observe({ type: 'resource' });
  });
  afterAll(() => {
    observer.disconnect();
    expect(asked.some((address) => address.includes('vision_wasm'))).toBe(true);
    expect(asked.filter((address) => new URL(address).origin !== location.origin)).toEqual([]);
  });

  it.each(PRECISIONS)('on a made network, %s', async (precision) => {
    const sidePx = 97;
    const pictures = await Promise.all(
      Array.from({ length: PICTURES }, (_, index) =>
        drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index, 'image/png', sidePx, sidePx),
      ),
    );
    const files = asFiles(writeMobilenet({ version: 2, form: 'graph', alpha: 0.35, sidePx }));
    const request = { files, inputRange: [-1, 1], crop: 'centre', hidden: [16] } as const;
    const source = await bringUpClassifier(engine, { ...request, labels: LABELS, pictures });
    const difference = await differenceOf(source, precision, pictures);
    expect(difference).toBeLessThanOrEqual(BOUNDS[precision]);
  });

  it.skipIf(!haveModels || !haveDatasets).for(PRECISIONS)(
    `on a pretrained network and photographs${whySkipped}, %s`,
    async (precision) => {
      const labels = ['dress', 'pants', 'shoes'] as const;
      const photographs = await Promise.all(labels.map((label) => fetchPhotographs(label, 7)));
      // Prepared as the backbone has them: MediaPipe would resize others in its own way.
      const pictures = await Promise.all(photographs.flat().map((file) => fullInput(file, 224)));
      expect(pictures.length).toBeGreaterThanOrEqual(PICTURES);
      const files = await fetchModel(REAL);
      const request = { files, inputRange: [-1, 1], crop: 'centre', hidden: [] } as const;
      const source = await bringUpClassifier(engine, { ...request, labels, pictures });
      const difference = await differenceOf(source, precision, pictures);
      expect(difference).toBeLessThanOrEqual(BOUNDS[precision]);
    },
  );
});
