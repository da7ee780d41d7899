import type { BackboneInfo } from '../../src/core/backbone.ts';
import { createEngine } from '../../src/engine/client.ts';
import { at } from '../../src/core/at.ts';
import type { Work } from './contract.ts';
import { chosenFiles, timed } from './task.ts';

const CLASS_IDS = ['a', 'b'];

/** Starts workers and backend, loads the backbone from the browser's cache, answers one picture. */
export async function timeFirstPrediction({ id, embeddingLength }: BackboneInfo): Promise<Work> {
  const engine = createEngine({ simd: true });
  const units = CLASS_IDS.length;
  const layer = {
    units,
    kernel: new Float32Array(embeddingLength * units),
    bias: new Float32Array(units),
    activation: 'softmax',
  } as const;
  try {
    return await timed(1, async () => {
      await engine.start({ backend: null });
      const loaded = await engine.loadBackbone({ kind: 'catalogue', id, keptOnly: true });
      if (!loaded.ok) throw new Error(loaded.problem.code);
      await engine.useHead({ embeddingLength, layers: [layer], classIds: CLASS_IDS });
      const answered = await engine.classify(at(chosenFiles(1), 0), 'centre');
      if (!answered.ok) throw new Error(answered.problem.code);
    });
  } finally {
    engine.dispose();
  }
}
