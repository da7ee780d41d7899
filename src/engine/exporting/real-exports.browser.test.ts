/** Exports of pretrained backbones on photographs, each in its own runtime. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../core/agreement.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { askPreview, bringUpClassifier, spreadOf } from '../testing/classifier.ts';
import {
  fetchModel,
  fetchPhotographs,
  haveDatasets,
  haveModels,
  whySkipped,
} from '../testing/real-files.ts';
import { createExportEngine } from './client.ts';

const MODELS = [
  { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v2_0.35_224_no_top', weights: 'weights.bin' },
] as const;
const TARGETS = [
  { format: 'tfjs', precision: 'float32', bound: 1e-4 },
  { format: 'tfjs', precision: 'float16', bound: 3e-2 },
  { format: 'tflite', precision: 'float32', bound: 1e-4 },
  { format: 'tflite', precision: 'float16', bound: 3e-2 },
  { format: 'onnx', precision: 'float32', bound: 1e-4 },
] as const;
const LABELS = ['dress', 'pants', 'shoes'] as const;
const PER_CLASS = 8;
const CROP = 'centre';
const EXPORTS = createExportEngine(() => Promise.resolve('<!-- classifier -->'), 'Headstart test');

describe.skipIf(!haveModels || !haveDatasets)(
  `an export of a pretrained backbone answers photographs as the preview does${whySkipped}`,
  () => {
    let engine: EngineClient;
    let pictures: readonly File[];
    beforeAll(async () => {
      engine = createEngine();
      await engine.start({ backend: 'wasm' });
      pictures = (await Promise.all(LABELS.map((one) => fetchPhotographs(one, PER_CLASS)))).flat();
      expect(pictures).toHaveLength(LABELS.length * PER_CLASS);
    });
    afterAll(() => {
      engine.dispose();
    });

    describe.each(MODELS)('$id', (model) => {
      let source: ExportedClassifier;
      let wanted: Float32Array;
      beforeAll(async () => {
        const files = await fetchModel(model);
        const asked = { files, inputRange: [-1, 1], crop: CROP, hidden: [] } as const;
        source = await bringUpClassifier(engine, { ...asked, labels: LABELS, pictures });
        wanted = await askPreview(engine, pictures, CROP);
        expect(spreadOf(wanted, LABELS.length)).toBeGreaterThan(0.1);
      });

      it.each(TARGETS)('$format, $precision', async ({ bound, ...target }) => {
        const startedAt = performance.now();
        const written = await EXPORTS.write(source, target, []);
        const millis = performance.now() - startedAt;
        if (!written.ok) throw new Error(JSON.stringify(written.problem));
        const { inputSidePx: sidePx } = source.backbone;
        const run = await EXPORTS.run(written.value, { ...target, crop: CROP, sidePx, pictures });
        const { largestDifference } = compareAnswers(wanted, run.probabilities, LABELS.length);
        // No bound on time: that is the machine's.
        console.info(
          `${model.id}, ${target.format} ${target.precision}: written in ${millis.toFixed(0)} ms, ${run.millisAPicture.toFixed(0)} ms a picture, largest difference ${largestDifference.toExponential(1)}`,
        );
        expect(largestDifference).toBeLessThanOrEqual(bound);
      });

      it.each(['keras', 'pytorch', 'page'] as const)('%s is written', async (format) => {
        const startedAt = performance.now();
        const written = await EXPORTS.write(source, { format, precision: 'float32' }, []);
        console.info(
          `${model.id}, ${format}: written in ${(performance.now() - startedAt).toFixed(0)} ms`,
        );
        expect(written.ok).toBe(true);
      });
    });
  },
);
