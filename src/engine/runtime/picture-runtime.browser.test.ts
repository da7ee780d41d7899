import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { importNetwork } from '../../formats/network/import-network.ts';
import { poolFeatures } from '../../formats/network/network.ts';
import { partsOf } from '../testing/parts.ts';
import { tinyLayersModel } from '../testing/tiny-layers-model.ts';
import { writeTflite } from '../../formats/tflite/write-tflite.ts';
import { liteRtFiles } from './lite-rt-files.ts';
import { findLiteRt } from './lite-rt-program.ts';
import { createPictureRuntime } from './picture-runtime.ts';
import { startLiteRt } from './start-lite-rt.ts';

const SIDE_PX = 64;

it('takes no more memory after thousands of pictures and many models than at first', async () => {
  const read = importNetwork(partsOf(tinyLayersModel()), { inputSidePx: SIDE_PX, output: null });
  if (!read.ok) throw new Error(read.problem.code);
  const tflite = writeTflite(poolFeatures(read.value), { batch: 1 });
  const network = {
    tflite,
    inputSidePx: SIDE_PX,
    inputRange: [-1, 1],
    embeddingLength: 24,
  } as const;
  const liteRt = await startLiteRt(await findLiteRt(liteRtFiles()));
  const random = createRandom(1);
  const draw = () => random.int(256);
  const pictures = Array.from({ length: 8 }, () =>
    Uint8Array.from({ length: SIDE_PX * SIDE_PX * 3 }, draw),
  );
  const runOnce = async (batches: number) => {
    const runtime = await createPictureRuntime(liteRt, network);
    for (let batch = 0; batch < batches; batch++) await runtime.embed(pictures);
    runtime.dispose();
    await expect(runtime.embed(pictures)).rejects.toThrow();
    return liteRt.liteRtWasm.HEAPU8.length;
  };
  const first = await runOnce(10);
  for (let model = 0; model < 8; model++) await runOnce(60);
  expect(await runOnce(10)).toBe(first);
});
