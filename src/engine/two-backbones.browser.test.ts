import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineClient } from './client.ts';
import { at } from '../core/at.ts';
import { Cancelled } from '../core/problem.ts';
import { cosine } from '../core/embedding.ts';
import { embeddingsOf } from './testing/rows.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';

/** Two networks that answer differently. */
const ONE = asFiles(tinyMobilenet());
const OTHER = asFiles(tinyMobilenet({ seed: 7 }));

describe('two backbones', () => {
  let engine: EngineClient;
  let picture: File;
  beforeAll(async () => {
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
    picture = await drawPicture('stripes', 1);
  });
  afterAll(() => {
    engine.dispose();
  });

  /** @returns the hash of the backbone that is loaded then. */
  async function load(files: readonly File[], beside = false): Promise<string> {
    const request = { kind: 'files', files, inputRange: null } as const;
    const loaded = await engine.loadBackbone(request, { beside });
    if (!loaded.ok) throw new Error(loaded.problem.code);
    return loaded.value.sha256;
  }

  async function embed(sha256: string): Promise<Float32Array> {
    return at(await embeddingsOf(engine, sha256, [picture]), 0);
  }

  it('embeds with either, here and on the next backend, until one takes the place of the other', async () => {
    const first = await load(ONE);
    const alone = await engine.memory();
    const one = await embed(first);
    const beside = await load(OTHER, true);
    const other = await embed(beside);
    expect(cosine(one, other)).toBeLessThan(0.99);
    expect(cosine(await embed(first), one)).toBeCloseTo(1, 5);

    expect(await engine.start({ backend: 'cpu' })).toMatchObject({ ok: true });
    expect(cosine(await embed(first), one)).toBeCloseTo(1, 5);
    expect(cosine(await embed(beside), other)).toBeCloseTo(1, 5);
    await engine.start({ backend: 'wasm' });

    await engine.useBeside(null);
    expect(cosine(await embed(beside), other)).toBeCloseTo(1, 5);
    await expect(embed(first)).rejects.toBeInstanceOf(Cancelled);
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
  });

  it('lets the one beside go when told to, and with the one in use', async () => {
    await load(ONE);
    const alone = await engine.memory();
    await load(OTHER, true);
    await engine.dropBeside();
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
    const beside = await load(OTHER, true);
    await load(ONE);
    expect((await engine.memory()).numTensors).toBe(alone.numTensors);
    await expect(embed(beside)).rejects.toBeInstanceOf(Cancelled);
  });

  it('gets what is only kept from nowhere else', async () => {
    const id = 'mobilenet_v2_1.0_224';
    await caches.delete('headstart-backbones-1');
    expect(await engine.loadBackbone({ kind: 'catalogue', id, keptOnly: true })).toEqual({
      ok: false,
      problem: { code: 'backbone-unreachable', id, tried: [] },
    });
  });

  it('looks nowhere for a person’s own, which only they have', async () => {
    const id = 'own-0123456789ab';
    expect(await engine.loadBackbone({ kind: 'catalogue', id })).toEqual({
      ok: false,
      problem: { code: 'own-backbone-missing', id },
    });
  });
});
