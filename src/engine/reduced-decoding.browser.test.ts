/** What decoding JPEGs by their planes does to embeddings, on pretrained models and photographs where they are given. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineClient } from './client.ts';
import { cosine } from '../core/embedding.ts';
import { embeddingsOf } from './testing/rows.ts';
import { fullInput } from './testing/full-input.ts';
import { enlargeToPhone } from './testing/jpegs.ts';

const MODELS = ['mobilenet_v2_1.0_224', 'mobilenet_v2_0.35_224_no_top'];
const LABELS = ['dress', 'hat', 'longsleeve', 'pants', 'shoes', 'shorts'];
const SIDE_PX = 224;
/** What the embedding of a picture keeps of the full decode's. */
const LEAST_COSINE = 0.998;

const given =
  import.meta.env['HEADSTART_MODELS'] !== '' && import.meta.env['HEADSTART_DATASETS'] !== '';

/** As it came, of about 400 pixels. */
async function photograph(label: string): Promise<File> {
  const folder = `/datasets/clothing/train/${label}/`;
  const [name = ''] = (await (await fetch(`${folder}?list`)).json()) as readonly string[];
  return new File([await (await fetch(`${folder}${name}`)).blob()], name);
}

describe.each([
  ['12-megapixel photographs', async (label: string) => enlargeToPhone(await photograph(label))],
  ['small photographs', photograph],
] as const)('decoding %s', (_, take) => {
  let engine: EngineClient;
  let photographs: readonly File[] = [];
  beforeAll(async () => {
    if (!given) return;
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
    photographs = await Promise.all(LABELS.map(take));
  }, 120_000);
  afterAll(() => {
    if (given) engine.dispose();
  });

  // The bound is about pretrained weights; decode-jpeg.browser.test.ts compares pixels everywhere.
  it.skipIf(!given).for(MODELS)('keeps the embeddings of %s', async (id) => {
    const loaded = await engine.loadBackbone({ kind: 'catalogue', id });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    expect(loaded.value.inputSidePx).toBe(SIDE_PX);
    const { sha256 } = loaded.value;
    const cosines: number[] = [];
    for (const file of photographs) {
      const full = await fullInput(file, SIDE_PX);
      const [reduced, whole] = await embeddingsOf(engine, sha256, [file, full]);
      if (!reduced || !whole) throw new Error(`${file.name} was not embedded`);
      cosines.push(cosine(reduced, whole));
    }
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(LEAST_COSINE);
  });
});
