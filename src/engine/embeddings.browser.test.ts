/** Embeddings outlive the page, and leave the engine only as a file that a person asked for. */
import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BackboneInfo } from '../core/backbone.ts';
import { packHashes, pooledSpace } from '../core/embedding.ts';
import { Cancelled } from '../core/problem.ts';
import { npyHeader } from '../formats/write-embeddings.ts';
import { createEngine, type EngineClient } from './client.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { embedFiles, freshHashes } from './testing/rows.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';

let shelf = '';
const engines: EngineClient[] = [];

beforeEach(() => {
  shelf = `test-${crypto.randomUUID()}`;
});

afterEach(async () => {
  for (const engine of engines.splice(0)) engine.dispose();
  await deleteDB(shelf);
});

async function start(): Promise<{ engine: EngineClient; backbone: BackboneInfo }> {
  const engine = createEngine({ shelf });
  engines.push(engine);
  await engine.start({ backend: 'wasm' });
  const files = asFiles(tinyMobilenet());
  const loaded = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
  if (!loaded.ok) throw new Error(loaded.problem.code);
  return { engine, backbone: loaded.value };
}

async function embedSome(engine: EngineClient, { sha256 }: BackboneInfo) {
  const pictures = Array.from({ length: 9 }, (_, index) => drawPicture('discs', index));
  const { id, hashes, outcomes } = await embedFiles(engine, sha256, await Promise.all(pictures));
  const rows = Int32Array.from(outcomes, Number);
  return { id, hashes, rows, space: pooledSpace(sha256, 'centre') };
}

it('are found by the next engine bit by bit, those of pictures that are gone no longer', async () => {
  const first = await start();
  const { id, hashes, rows, space } = await embedSome(first.engine, first.backbone);
  const values = await first.engine.readRows(id, rows);
  const packed = packHashes([...hashes, ...freshHashes(1)]);

  // No backbone is needed for it.
  const next = createEngine({ shelf });
  engines.push(next);
  await expect
    .poll(async () => [...(await next.recall(space, packed)).rows].filter((row) => row >= 0))
    .toHaveLength(9);
  const recalled = await next.recall(space, packed);
  expect(recalled.id).not.toBe(id);
  expect(recalled.rows[9]).toBe(-1);
  expect(await next.readRows(recalled.id, recalled.rows.slice(0, 9))).toEqual(values);

  // What is needless for the first time may be of a picture that is just coming in.
  const two = packHashes(hashes.slice(0, 2));
  expect(await next.keepEmbeddings(two)).toBe(false);
  expect((await next.recall(space, packed)).rows).toEqual(recalled.rows);
  expect(await next.keepEmbeddings(two)).toBe(true);
  for (const engine of [next, createEngine({ shelf })]) {
    engines.push(engine);
    const kept = (await engine.recall(space, packed)).rows;
    expect([...kept].map((row) => row >= 0)).toEqual(hashes.map((_, i) => i < 2).concat(false));
  }
  expect(await next.readRows(recalled.id, recalled.rows.slice(0, 2))).toEqual(
    values.slice(0, 2 * first.backbone.embeddingLength),
  );
  await expect(next.readRows(recalled.id, recalled.rows.slice(2, 3))).rejects.toThrow('cancelled');
});

it('of a picture that another tab is adding stay: it is needed before it is asked twice', async () => {
  const [one, other] = [await start(), await start()];
  const none = packHashes([]);
  await one.engine.keepEmbeddings(none);
  const { hashes, space } = await embedSome(other.engine, other.backbone);
  const packed = packHashes(hashes);
  const rowsOf = async (engine: EngineClient) =>
    [...(await engine.recall(space, packed)).rows].filter((row) => row >= 0).length;
  await expect.poll(() => rowsOf(createAnother())).toBe(9);
  // Asked before the other tab's pictures were written, and after.
  await one.engine.keepEmbeddings(none);
  await one.engine.keepEmbeddings(packed);
  await one.engine.keepEmbeddings(packed);
  expect(await rowsOf(createAnother())).toBe(9);
  expect(await rowsOf(other.engine)).toBe(9);
});

function createAnother(): EngineClient {
  const engine = createEngine({ shelf });
  engines.push(engine);
  return engine;
}

it('of an engine without a shelf are gone with it', async () => {
  const first = createEngine();
  engines.push(first);
  const space = pooledSpace('a'.repeat(64), 'centre');
  const packed = packHashes(freshHashes(1));
  await first.putRows(space, packed, Float32Array.of(1, 2));
  expect((await first.recall(space, packed)).rows).toEqual(Int32Array.of(0));
  const next = createEngine();
  engines.push(next);
  expect((await next.recall(space, packed)).rows).toEqual(Int32Array.of(-1));
});

it('are written as they are, in the order that was asked for', async () => {
  const { engine, backbone } = await start();
  const { id, rows } = await embedSome(engine, backbone);
  const asked = rows.slice(3).reverse();
  const samples = Array.from(asked, (row) => ({
    name: `${String(row)}.png`,
    label: 'disc',
    purpose: 'train' as const,
  }));
  const request = { space: id, rows: asked, samples, backbone, crop: 'centre' as const };
  const files = await engine.writeEmbeddings(request);
  expect(files.map(({ name }) => name)).toEqual(['embeddings.npy', 'samples.csv', 'README.txt']);
  const bytes = files[0]?.bytes ?? new Uint8Array();
  const { length } = npyHeader([6, backbone.embeddingLength]);
  expect(new Float32Array(bytes.slice(length).buffer)).toEqual(await engine.readRows(id, asked));
  const unknown = engine.writeEmbeddings({ ...request, space: 'another' });
  await expect(unknown).rejects.toBeInstanceOf(Cancelled);
});

it('of a backbone that is replaced are let go, those of one beside it stay', async () => {
  const { engine, backbone } = await start();
  const { id, rows } = await embedSome(engine, backbone);
  const files = asFiles(tinyMobilenet({ seed: 7 }));
  const request = { kind: 'files', files, inputRange: null } as const;
  expect(await engine.loadBackbone(request, { beside: true })).toMatchObject({ ok: true });
  expect(await engine.readRows(id, rows)).toHaveLength(rows.length * backbone.embeddingLength);
  await engine.useBeside(null);
  await expect(engine.readRows(id, rows)).rejects.toThrow('cancelled');
});
