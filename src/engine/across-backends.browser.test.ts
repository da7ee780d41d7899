/** A small MobileNet of our own making gives the same wherever it runs, and moves from one backend to another. */
import { expect, it } from 'vitest';
import { cosine } from '../core/embedding.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { embeddingsOf } from './testing/rows.ts';
import { engineWith, expectSameAsOnWasm } from './testing/same-on-backends.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';

const model = { files: asFiles(tinyMobilenet()), inputRange: null };

function drawPictures(count: number): Promise<File[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index),
    ),
  );
}

it('gives the same embeddings and answers on WebGL and WebGPU as on WASM', async () => {
  await expectSameAsOnWasm(['webgl', 'webgpu'], model, await drawPictures(6));
});

it('takes the backbone along to another backend', async () => {
  const { engine, info } = await engineWith('wasm', model);
  const pictures = await drawPictures(3);
  const before = await embeddingsOf(engine, info.sha256, pictures);
  const tensors = await engine.memory();
  expect(await engine.start({ backend: 'cpu' })).toMatchObject({ value: { backend: 'cpu' } });
  const after = await embeddingsOf(engine, info.sha256, pictures);
  expect(after).toHaveLength(pictures.length);
  after.forEach((embedding, row) => {
    const reference = before[row] ?? new Float32Array();
    expect(cosine(embedding, reference)).toBeGreaterThanOrEqual(0.9999);
  });
  expect((await engine.memory()).numTensors).toBe(tensors.numTensors);
  engine.dispose();
});
