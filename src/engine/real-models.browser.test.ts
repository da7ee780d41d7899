/** Pretrained MobileNets and photographs, where HEADSTART_MODELS and HEADSTART_DATASETS give them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineClient } from './client.ts';
import { cosine } from '../core/embedding.ts';
import { embeddingsOf } from './testing/rows.ts';
import { fetchModel, fetchPhotographs, haveDatasets, haveModels } from './testing/real-files.ts';
import { expectSameAsOnWasm } from './testing/same-on-backends.ts';

const MODELS = [
  { id: 'mobilenet_v2_1.0_224', sidePx: 224, length: 1280, weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v2_0.35_224_no_top', sidePx: 224, length: 1280, weights: 'weights.bin' },
  { id: 'mobilenet_v1_0.75_192', sidePx: 192, length: 768, weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v1_0.5_160', sidePx: 160, length: 512, weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v1_0.25_128', sidePx: 128, length: 256, weights: 'group1-shard1of1.bin' },
] as const;

const LABELS = ['dress', 'pants', 'shoes'] as const;
const PER_CLASS = 6;

/** Mean over all pictures of: cosine to its own class less cosine to the others. */
function separation(embeddings: readonly (readonly Float32Array[])[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = embeddings.flatMap((vectors, label) => vectors.map((vector) => ({ vector, label })));
  const cosines = all.flatMap((a) =>
    all
      .filter((b) => b !== a)
      .map((b) => ({ same: a.label === b.label, value: cosine(a.vector, b.vector) })),
  );
  const of = (wanted: boolean) =>
    mean(cosines.filter(({ same }) => same === wanted).map(({ value }) => value));
  return of(true) - of(false);
}

describe('pretrained models, dropped as files', () => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
  });
  afterAll(() => {
    engine.dispose();
  });

  // What pretrained weights make of photographs can't be seen on made ones.
  it.skipIf(!haveModels || !haveDatasets).for(MODELS)(
    '$id embeds photographs, and those of a class lie together',
    { timeout: 120_000 },
    async (model) => {
      const { sidePx, length } = model;
      const files = await fetchModel(model);
      let loaded = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
      if (!loaded.ok && loaded.problem.code === 'model-range-unknown')
        loaded = await engine.loadBackbone({ kind: 'files', files, inputRange: [-1, 1] });
      if (!loaded.ok) throw new Error(loaded.problem.code);
      const { sha256, ...info } = loaded.value;
      expect(info).toMatchObject({
        inputSidePx: sidePx,
        embeddingLength: length,
        inputRange: [-1, 1],
      });

      const before = (await engine.memory()).numTensors;
      const embeddings = await Promise.all(
        LABELS.map(async (label) =>
          embeddingsOf(engine, sha256, await fetchPhotographs(label, PER_CLASS)),
        ),
      );
      expect((await engine.memory()).numTensors).toBe(before);
      for (const vectors of embeddings) {
        expect(vectors).toHaveLength(PER_CLASS);
        for (const vector of vectors) {
          expect(vector).toHaveLength(length);
          expect(vector.every(Number.isFinite)).toBe(true);
        }
      }
      expect(separation(embeddings)).toBeGreaterThan(0.05);
    },
  );

  // As above; across-backends.browser.test.ts compares made models everywhere.
  it.skipIf(!haveModels || !haveDatasets).for(
    // One of each way that a backbone runs; software rendering takes a minute for each.
    MODELS.filter(({ id }) => !/0\.75|0\.5_/u.test(id)),
  )(
    '$id gives the same embeddings and answers on WebGL and WebGPU as on WASM',
    { timeout: 300_000 },
    async (model) => {
      const [dress, pants] = await Promise.all([
        fetchPhotographs('dress', PER_CLASS),
        fetchPhotographs('pants', PER_CLASS),
      ]);
      const pictures = [dress[0], pants[0]].filter((file) => file !== undefined);
      expect(pictures).toHaveLength(2);
      await expectSameAsOnWasm(
        ['webgl', 'webgpu'],
        { files: await fetchModel(model), inputRange: [-1, 1] },
        pictures,
      );
    },
  );
});
