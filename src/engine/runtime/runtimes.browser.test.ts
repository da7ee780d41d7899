/** The kernel in the picture workers, on generated backbones. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputRange } from '../../core/preprocess.ts';
import type { RuntimeName, RuntimeStatus } from '../../core/runtime.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { cosine } from '../../core/embedding.ts';
import type { GeneratedFile } from '../testing/model-writer.ts';
import { embeddingsOf } from '../testing/rows.ts';
import { asFiles } from '../testing/parts.ts';
import { drawPicture } from '../testing/pictures.ts';
import { tinyLayersModel } from '../testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../testing/tiny-mobilenet.ts';

const GRAPH = tinyMobilenet();
const LAYERS = tinyLayersModel();
/** Where the notes of measurements lie. */
const CACHE = 'headstart-runtime-2';

let engine: EngineClient;
let statuses: RuntimeStatus[];

async function start(runtime: RuntimeName | null, simd = true): Promise<void> {
  engine = createEngine({ simd });
  statuses = [];
  engine.onEvent((event) => {
    if (event.kind === 'runtime') statuses.push(event.status);
  });
  await engine.start({ backend: 'wasm', runtime });
}

beforeEach(() => caches.delete(CACHE));
afterEach(() => {
  engine.dispose();
});

async function load(
  files: readonly GeneratedFile[],
  beside = false,
  inputRange: InputRange | null = null,
): Promise<string> {
  const request = { kind: 'files', files: asFiles(files), inputRange } as const;
  const loaded = await engine.loadBackbone(request, { beside });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  return loaded.value.sha256;
}

/** The status number `count`, from 1. */
async function decided(count = 1): Promise<RuntimeStatus> {
  await expect.poll(() => statuses.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
  const status = statuses[count - 1];
  if (status === undefined) throw new RangeError('no status');
  return status;
}

async function embed(count: number, sha256: string): Promise<Float32Array[]> {
  const pictures = Array.from({ length: count }, (_, index) =>
    drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
  );
  return embeddingsOf(engine, sha256, await Promise.all(pictures));
}

/** Largest difference to TF.js, as a part of the largest value: the order of sums differs. */
const MAX_DIFFERENCE = 3e-5;

/** Embeds the same pictures by the kernel and by TF.js. */
async function compare(files: readonly GeneratedFile[], inputRange: InputRange | null) {
  const found = new Map<RuntimeName, Float32Array[]>();
  for (const runtime of ['simd', 'tfjs'] as const) {
    await start(runtime);
    const sha256 = await load(files, false, inputRange);
    expect(await decided()).toMatchObject({ sha256, runtime, reason: 'asked-for' });
    const before = await engine.memory();
    found.set(runtime, await embed(11, sha256));
    expect((await engine.memory()).numTensors).toBe(before.numTensors);
    engine.dispose();
  }
  const others = found.get('simd') ?? [];
  expect(others).toHaveLength(11);
  found.get('tfjs')?.forEach((embedding, index) => {
    const other = others[index] ?? new Float32Array();
    const largest = Math.max(...embedding.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    const differences = embedding.map((value, i) => Math.abs(value - (other[i] ?? NaN)));
    expect(Math.max(...differences)).toBeLessThan(MAX_DIFFERENCE * largest);
    expect(cosine(embedding, other)).toBeGreaterThanOrEqual(0.999999);
  });
}

describe('the kernel gives the embeddings of TF.js and leaves nothing', () => {
  it.each([
    { name: 'a graph model', files: GRAPH },
    { name: 'a layers model', files: LAYERS },
  ])('$name', ({ files }) => compare(files, null));

  // Without HEADSTART_MODELS there are no real weights; the test above runs made ones.
  it.skipIf(import.meta.env['HEADSTART_MODELS'] === '').each([
    { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' },
    { id: 'mobilenet_v2_0.35_224_no_top', weights: 'weights.bin' },
    { id: 'mobilenet_v1_0.75_192', weights: 'group1-shard1of1.bin' },
  ])('$id', { timeout: 240_000 }, async ({ id, weights }) => {
    const files = ['model.json', weights].map(async (name) => {
      const response = await fetch(`/models/${id}/${name}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    });
    await compare(await Promise.all(files), [-1, 1]);
  });
});

describe('the choice', () => {
  it('is measured once and remembered', async () => {
    await start(null);
    await load(LAYERS);
    const measured = await decided();
    expect(measured.reason).toBe('measured');
    const { simd = NaN, tfjs = NaN } = measured.rates ?? {};
    expect(measured.runtime).toBe(simd > tfjs ? 'simd' : 'tfjs');
    engine.dispose();
    await start(null);
    await load(LAYERS);
    const { runtime, rates } = measured;
    expect(await decided()).toMatchObject({ reason: 'remembered', runtime, rates });
  });

  it('is still known where the SIMD runtime was noted as kernel', async () => {
    await start(null);
    await load(LAYERS);
    await decided();
    engine.dispose();
    const cache = await caches.open(CACHE);
    for (const note of await cache.keys())
      await cache.put(note, new Response(JSON.stringify({ kernel: 2, tfjs: 1 })));
    await start(null);
    await load(LAYERS);
    const rates = { simd: 2, tfjs: 1 };
    expect(await decided()).toMatchObject({ reason: 'remembered', runtime: 'simd', rates });
  });

  it('is TF.js for a network that has no equal, with the reason', async () => {
    await start('simd');
    const sha256 = await load(tinyLayersModel({ unknownLayer: true }));
    expect(await decided()).toMatchObject({
      runtime: 'tfjs',
      reason: 'other-failed',
      failure: 'max (MaxPooling2D): it is not known here',
    });
    expect(await embed(3, sha256)).toHaveLength(3);
  });

  it('follows the backbone, the backend and what is asked for', async () => {
    await start('simd');
    await load(GRAPH);
    await decided();
    const alone = await engine.memory();
    const other = await load(LAYERS, true);
    expect(await decided(2)).toMatchObject({ sha256: other, runtime: 'simd' });
    await engine.useBeside(null);
    expect((await embed(9, other))[0]).toHaveLength(24);
    await engine.start({ backend: 'wasm', runtime: 'tfjs' });
    expect(await decided(3)).toMatchObject({ sha256: other, runtime: 'tfjs' });
    await engine.start({ backend: 'cpu', runtime: 'simd' });
    expect((await embed(2, other))[0]).toHaveLength(24);
    await engine.start({ backend: 'wasm', runtime: 'simd' });
    expect(await decided(4)).toMatchObject({ sha256: other, runtime: 'simd' });
    await load(GRAPH);
    await decided(5);
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
  });

  it('serves backbone after backbone', async () => {
    await start('simd');
    let sha256 = '';
    for (let count = 1; count <= 6; count++) {
      sha256 = await load(count % 2 === 0 ? GRAPH : LAYERS);
      const { pictureWorkers: threads } = engine;
      expect(await decided(count)).toMatchObject({ runtime: 'simd', threads });
    }
    expect(await embed(3, sha256)).toHaveLength(3);
  });

  it('costs nothing where the kernel is not wanted', async () => {
    await start('simd', false);
    expect(await embed(2, await load(GRAPH))).toHaveLength(2);
    expect(statuses).toEqual([]);
    expect(await caches.has(CACHE)).toBe(false);
  });
});

it('answers pictures by the kernel as by TF.js', async () => {
  const head = {
    embeddingLength: 24,
    classIds: ['a', 'b'],
    layers: [
      {
        units: 2,
        activation: 'softmax' as const,
        kernel: Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
        bias: Float32Array.of(0.1, -0.1),
      },
    ],
  };
  const answers: Float32Array[] = [];
  for (const runtime of ['tfjs', 'simd'] as const) {
    await start(runtime);
    await load(LAYERS);
    expect((await decided()).runtime).toBe(runtime);
    await engine.useHead(head);
    const answer = await engine.classify(await drawPicture('discs', 3), 'centre');
    if (!answer.ok) throw new Error(answer.problem.code);
    answers.push(answer.value.probabilities);
    engine.dispose();
  }
  const [first = [], second = []] = answers;
  expect(second[0]).toBeCloseTo(first[0] ?? NaN, 5);
});
