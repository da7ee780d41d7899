/** The built-in backbone as the site has it: what the catalogue says of it, and the same on every backend. */
import { expect, it } from 'vitest';
import { BUILT_IN } from '../core/backbone-catalogue.ts';
import { drawPicture } from './testing/pictures.ts';
import { engineWith, expectSameAsOnWasm, type DroppedModel } from './testing/same-on-backends.ts';

async function builtIn(): Promise<DroppedModel> {
  const files = await Promise.all(
    ['model.json', 'weights.bin'].map(async (name) => {
      const response = await fetch(`/models/${BUILT_IN.id}/${name}`);
      if (!response.ok) throw new Error(`${name}: ${String(response.status)}`);
      return new File([await response.blob()], name);
    }),
  );
  return { files, inputRange: BUILT_IN.ownRange };
}

it('is what the catalogue says', async () => {
  const { engine, info } = await engineWith('wasm', await builtIn());
  expect(info).toMatchObject({
    kind: BUILT_IN.kind,
    inputSidePx: BUILT_IN.inputSidePx,
    inputRange: BUILT_IN.ownRange,
    embeddingLength: BUILT_IN.embeddingLength,
  });
  expect(info.bytes).toBeLessThanOrEqual(1.5e6);
  expect(Math.abs(info.bytes - (BUILT_IN.approxBytes ?? 0))).toBeLessThan(0.05e6);
  engine.dispose();
});

it('gives the same embeddings and answers on every backend', async () => {
  const pictures = await Promise.all(
    [0, 1, 2, 3].map((index) => drawPicture(index % 2 === 0 ? 'stripes' : 'discs', index)),
  );
  await expectSameAsOnWasm(['webgl', 'webgpu', 'cpu'], await builtIn(), pictures);
});
