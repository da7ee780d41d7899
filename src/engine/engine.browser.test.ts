import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../core/backend.ts';
import { at } from '../core/at.ts';
import { cosine, pooledSpace } from '../core/embedding.ts';
import { Cancelled, type Result } from '../core/problem.ts';
import { createEngine, type EngineClient } from './client.ts';
import { accuracyOf, fit } from './testing/fit.ts';
import { embedFiles, embeddingsOf, placeSet } from './testing/rows.ts';
import { asFiles } from './testing/parts.ts';
import { hashOf } from '../core/hash.ts';
import { drawPicture } from './testing/pictures.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';
import { fitOptions, separableSet } from './testing/training-sets.ts';

const BACKENDS: readonly BackendName[] = ['wasm', 'webgl', 'webgpu'];

/** An engine on one backend with the tiny backbone; its tensors are counted around every test. */
async function startEngine(backend: BackendName): Promise<{ engine: EngineClient; sha: string }> {
  const engine = createEngine();
  const status = await engine.start({ backend });
  expect(status).toMatchObject({ ok: true, value: { backend, reason: 'asked-for' } });
  const files = asFiles(tinyMobilenet());
  const info = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
  expect(info).toMatchObject({
    ok: true,
    value: { inputSidePx: 224, inputRange: [-1, 1], embeddingLength: 32, source: 'files' },
  });
  if (!info.ok) throw new Error(info.problem.code);
  return { engine, sha: info.value.sha256 };
}

function drawPictures(count: number): Promise<File[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    ),
  );
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.code);
  return result.value;
}

describe.each(BACKENDS)('the engine on %s', (backend) => {
  let engine: EngineClient;
  let sha: string;
  beforeAll(async () => {
    ({ engine, sha } = await startEngine(backend));
  });
  afterAll(() => {
    engine.dispose();
  });

  /** Runs work and shows that it left no tensor behind. */
  async function leaving<T>(work: () => Promise<T>): Promise<T> {
    const before = await engine.memory();
    const result = await work();
    expect((await engine.memory()).numTensors).toBe(before.numTensors);
    return result;
  }

  it('embeds pictures, each into a row of its own, without leaving tensors', async () => {
    const pictures = await drawPictures(11);
    const embedded = await leaving(() => embedFiles(engine, sha, pictures));
    expect(new Set(embedded.outcomes).size).toBe(11);
    for (const embedding of await embeddingsOf(engine, sha, pictures)) {
      expect(embedding).toHaveLength(32);
      expect(Math.max(...embedding)).toBeGreaterThan(0.1);
    }
  });

  it('embeds files as it looks at them, with what embedding what is kept of them gives', async () => {
    const drawing =
      '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="40" height="60" fill="red"/></svg>';
    const files = [...(await drawPictures(10)), new File([drawing], 'drawn.svg')];
    const { id } = await engine.recall(pooledSpace(sha, 'centre'), new Uint8Array());
    const visits = await leaving(() =>
      Promise.all(files.map(async (file) => valueOf(await engine.visit(file, id)))),
    );
    const kept = visits.map(({ inspection: { content } }) => new Blob([content.bytes], content));
    const again = await embeddingsOf(engine, sha, kept);
    for (const [index, { row }] of visits.entries()) {
      const values = await engine.readRows(id, Int32Array.of(row ?? -1));
      expect(cosine(values, at(again, index))).toBeGreaterThan(0.99999);
    }
    expect(new Set(visits.map(({ row }) => row)).size).toBe(files.length);
    expect(visits.map(({ inspection }) => inspection.hash)).toEqual(
      await Promise.all(files.map(async (file) => hashOf(await file.arrayBuffer()))),
    );
  });

  it('looks at files without a space, and into one that is gone', async () => {
    const [picture, other] = await drawPictures(2);
    if (picture === undefined || other === undefined) throw new RangeError('no pictures');
    const without = valueOf(await engine.visit(picture, null));
    expect(without.row).toBeNull();
    expect(without.inspection).toMatchObject({ widthPx: 96, heightPx: 72 });
    expect(valueOf(await engine.visit(other, 'gone')).row).toBeNull();
    expect(await engine.visit(new File(['text'], 'text.jpg'), null)).toEqual({
      ok: false,
      problem: { code: 'file-not-an-image', file: 'text.jpg' },
    });
  });

  it('reports pictures that it cannot use, and embeds the others', async () => {
    const [good, other] = await drawPictures(2);
    if (good === undefined || other === undefined) throw new RangeError('no pictures');
    const text = new File(['not a picture'], 'text.jpg');
    const files = [text, good, new File([], 'empty'), other];
    const { outcomes } = await leaving(() => embedFiles(engine, sha, files));
    expect(outcomes).toEqual([
      { code: 'file-not-an-image', file: 'text.jpg' },
      expect.any(Number),
      { code: 'file-empty', file: 'empty' },
      expect.any(Number),
    ]);
  });

  it('fits a head to a separable set and answers with it', async () => {
    const set = separableSet();
    const fitted = await leaving(() => fit(engine, set, fitOptions()));
    expect(fitted.history.at(-1)).toMatchObject({ validationAccuracy: 1 });
    expect(await leaving(() => accuracyOf(engine, fitted, set))).toBe(1);
  });

  it('fits hidden layers with dropout, SGD, smoothing and class weights', async () => {
    const set = separableSet(2);
    const options = fitOptions({
      hiddenUnits: [12, 8],
      dropout: 0.2,
      optimizer: 'sgd',
      learningRate: 0.1,
      epochs: 10,
      labelSmoothing: 0.1,
      balancedClassWeights: true,
      schedule: 'step',
    });
    const fitted = await leaving(() => fit(engine, set, options));
    expect(fitted.head.layers.map(({ units, activation }) => [units, activation])).toEqual([
      [12, 'relu'],
      [8, 'relu'],
      [3, 'softmax'],
    ]);
    expect(await accuracyOf(engine, fitted, set)).toBeGreaterThan(0.95);
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const set = separableSet(3);
    const options = fitOptions({ hiddenUnits: [8], dropout: 0.3, epochs: 2 });
    const kernelOf = async (seed: number) =>
      (await fit(engine, set, { ...options, seed })).head.layers[0]?.kernel;
    const first = await kernelOf(5);
    expect(await kernelOf(5)).toEqual(first);
    expect(await kernelOf(6)).not.toEqual(first);
  });

  it('stops when the loss is no number, and leaves nothing behind', async () => {
    const options = fitOptions({ learningRate: 1e9 });
    const set = await placeSet(engine, separableSet());
    expect(await leaving(() => engine.fit(set, options))).toEqual({
      ok: false,
      problem: { code: 'loss-not-finite', epoch: 1, learningRate: 1e9 },
    });
  });

  it('cancels fitting and embedding between two batches', async () => {
    const fitting = new AbortController();
    const pictures = await drawPictures(80);
    const set = await placeSet(engine, separableSet());
    await leaving(async () => {
      const cancelled = engine.fit(set, fitOptions({ epochs: 500 }), {
        signal: fitting.signal,
        onReport: () => {
          fitting.abort();
        },
      });
      await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
    });
    await leaving(async () => {
      const embedding = new AbortController();
      let reported = 0;
      const cancelled = embedFiles(engine, sha, pictures, {
        signal: embedding.signal,
        onReport: () => {
          reported += 1;
          embedding.abort();
        },
      });
      await expect(cancelled).rejects.toBeInstanceOf(Cancelled);
      expect(reported).toBeGreaterThan(0);
      expect(reported * 4).toBeLessThan(pictures.length);
      // What was already under way is done with before tensors are counted.
      await engine.start({ backend });
    });
  });
});

describe('classifying', () => {
  it('answers files and frames while it embeds', async () => {
    const { engine, sha } = await startEngine('wasm');
    const { id, outcomes } = await embedFiles(engine, sha, await drawPictures(24));
    const set = {
      space: id,
      rows: Int32Array.from(outcomes, Number),
      classes: Int32Array.from({ length: 24 }, (_, row) => row % 2),
      classIds: ['stripes', 'discs'],
      trainingRows: Int32Array.from({ length: 24 }, (_, row) => row),
      validationRows: new Int32Array(),
    };
    const { head } = await fit(engine, set, fitOptions({ epochs: 30 }));
    await engine.useHead(head);
    const before = await engine.memory();

    const busy = embedFiles(engine, sha, await drawPictures(40));
    const stripes = await drawPicture('stripes', 99);
    const discs = await createImageBitmap(await drawPicture('discs', 98));
    const answers = [
      await engine.classify(stripes, 'centre'),
      await engine.classify(discs, 'centre'),
    ];
    await busy;
    const likeliest = answers.map((answer) => {
      if (!answer.ok) throw new Error(answer.problem.code);
      const [first = 0, second = 0] = answer.value.probabilities;
      expect(first + second).toBeCloseTo(1, 5);
      return first > second ? 'stripes' : 'discs';
    });
    expect(likeliest).toEqual(['stripes', 'discs']);
    expect(discs.width).toBe(0);
    const text = new File(['no picture'], 'notes.txt');
    expect(await engine.classify(text, 'centre')).toEqual({
      ok: false,
      problem: { code: 'file-not-an-image', file: 'notes.txt' },
    });
    expect((await engine.memory()).numTensors).toBe(before.numTensors);
    engine.dispose();
  });
});

describe('a drawn picture', () => {
  const svg = (attributes: string, inside: string) =>
    new File(
      [`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`],
      'drawn.svg',
      { type: 'image/svg+xml' },
    );
  /** The first bytes of a PNG of 20,000 × 20,000 pixels. */
  const hugePng = btoa('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20\x01\0\0\0\0');

  it('is drawn in a bearable size', async () => {
    const engine = createEngine();
    const circle = '<circle cx="32" cy="32" r="20" fill="red"/>';
    const sizes = ['width="10" height="5"', 'width="9000" height="9000"', 'viewBox="0 0 1e6 1e6"'];
    const drawn = await Promise.all(sizes.map((size) => engine.visit(svg(size, circle), null)));
    engine.dispose();
    expect(drawn).toMatchObject([
      { ok: true, value: { inspection: { widthPx: 512, heightPx: 256 } } },
      { ok: true, value: { inspection: { widthPx: 2048, heightPx: 2048 } } },
      { ok: true, value: { inspection: { widthPx: 512, heightPx: 512 } } },
    ]);
  });

  it.each([
    [
      'it says that it is larger',
      svg('width="20000" height="20000"', ''),
      { code: 'image-too-large', widthPx: 20_000, heightPx: 20_000, maxMegapixels: 100 },
    ],
    [
      'a picture inside of it is',
      svg('width="64" height="64"', `<image href="data:image/png;base64,${hugePng}"/>`),
      { code: 'drawing-too-large', megapixels: 400, maxMegapixels: 100 },
    ],
  ])('is refused as any other where %s than a hundred megapixels', async (_, file, problem) => {
    const engine = createEngine();
    const refused = { ok: false, problem: { ...problem, file: 'drawn.svg' } };
    expect(await engine.visit(file, null)).toEqual(refused);
    expect(await engine.classify(file, 'centre')).toEqual(refused);
    engine.dispose();
  });
});
