import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineClient } from './client.ts';
import type { EmbedItem } from './contract.ts';
import { cosine } from '../core/cosine.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';

/** Two networks that answer differently. */
const ONE = asFiles(tinyMobilenet());
const OTHER = asFiles(tinyMobilenet({ seed: 7 }));

describe('two backbones', () => {
  let engine: EngineClient;
  let items: EmbedItem[];
  beforeAll(async () => {
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
    items = [{ key: 'stripes', file: await drawPicture('stripes', 1) }];
  });
  afterAll(() => {
    engine.dispose();
  });

  async function load(files: readonly File[], beside = false): Promise<void> {
    const request = { kind: 'files', files, inputRange: null } as const;
    expect(await engine.loadBackbone(request, { beside })).toMatchObject({ ok: true });
  }

  async function embed(beside = false): Promise<Float32Array> {
    const found: Float32Array[] = [];
    await engine.embed(items, 'centre', {
      beside,
      onReport: (report) => {
        for (const one of report) if ('embedding' in one) found.push(one.embedding);
      },
    });
    const [embedding] = found;
    if (embedding === undefined) throw new Error('no embedding');
    return embedding;
  }

  it('embeds with either, here and on the next backend, until one takes the place of the other', async () => {
    await load(ONE);
    const alone = await engine.memory();
    const one = await embed();
    await load(OTHER, true);
    const other = await embed(true);
    expect(cosine(one, other)).toBeLessThan(0.99);
    expect(cosine(await embed(), one)).toBeCloseTo(1, 5);

    expect(await engine.start({ backend: 'cpu' })).toMatchObject({ ok: true });
    expect(cosine(await embed(), one)).toBeCloseTo(1, 5);
    expect(cosine(await embed(true), other)).toBeCloseTo(1, 5);
    await engine.start({ backend: 'wasm' });

    await engine.useBeside(null);
    expect(cosine(await embed(), other)).toBeCloseTo(1, 5);
    await expect(embed(true)).rejects.toThrow();
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
  });

  it('lets the one beside go when told to, and with the one in use', async () => {
    await load(ONE);
    const alone = await engine.memory();
    await load(OTHER, true);
    await engine.dropBeside();
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
    await load(OTHER, true);
    await load(ONE);
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
    await expect(embed(true)).rejects.toThrow();
  });

  it('gets what is only kept from nowhere else', async () => {
    const id = 'mobilenet_v2_1.0_224';
    await caches.delete('headstart-backbones-1');
    expect(await engine.loadBackbone({ kind: 'catalogue', id, keptOnly: true })).toEqual({
      ok: false,
      problem: { code: 'backbone-unreachable', id, tried: [] },
    });
  });
});
