/** The built-in backbone as the site has it: what the catalogue says of it, and the same on every backend. */
import { expect, it } from 'vitest';
import { BUILT_IN } from '../core/backbone-catalogue.ts';
import type { BackendName } from '../core/backend.ts';
import { createEngine } from './client.ts';
import { cosine } from '../core/cosine.ts';
import { drawPicture } from './testing/pictures.ts';

const BACKENDS: readonly BackendName[] = ['wasm', 'webgl', 'webgpu', 'cpu'];

async function builtInFiles(): Promise<File[]> {
  return Promise.all(
    ['model.json', 'weights.bin'].map(async (name) => {
      const response = await fetch(`/models/${BUILT_IN.id}/${name}`);
      if (!response.ok) throw new Error(`${name}: ${String(response.status)}`);
      return new File([await response.blob()], name);
    }),
  );
}

async function embedOn(backend: BackendName, files: readonly File[]) {
  const engine = createEngine();
  await engine.start({ backend });
  const info = await engine.loadBackbone({ kind: 'files', files, inputRange: BUILT_IN.ownRange });
  if (!info.ok) throw new Error(JSON.stringify(info.problem));
  const embeddings: Float32Array[] = [];
  const items = await Promise.all(
    [0, 1, 2, 3].map(async (index) => ({
      key: String(index),
      file: await drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    })),
  );
  const before = await engine.memory();
  await engine.embed(items, 'centre', {
    onReport: (report) => {
      for (const one of report) if ('embedding' in one) embeddings.push(one.embedding);
    },
  });
  expect((await engine.memory()).numTensors).toBe(before.numTensors);
  engine.dispose();
  return { info: info.value, embeddings };
}

it('is what the catalogue says, and gives the same embeddings on every backend', async () => {
  const files = await builtInFiles();
  const onWasm = await embedOn('wasm', files);
  expect(onWasm.info).toMatchObject({
    kind: BUILT_IN.kind,
    inputSidePx: BUILT_IN.inputSidePx,
    inputRange: BUILT_IN.ownRange,
    embeddingLength: BUILT_IN.embeddingLength,
  });
  expect(onWasm.info.bytes).toBeLessThanOrEqual(1.5e6);
  expect(Math.abs(onWasm.info.bytes - (BUILT_IN.approxBytes ?? 0))).toBeLessThan(0.05e6);
  for (const backend of BACKENDS) {
    const { embeddings } = await embedOn(backend, files);
    expect(embeddings).toHaveLength(onWasm.embeddings.length);
    embeddings.forEach((embedding, index) => {
      const reference = onWasm.embeddings[index] ?? new Float32Array();
      expect(cosine(embedding, reference)).toBeGreaterThanOrEqual(0.9999);
    });
  }
});
