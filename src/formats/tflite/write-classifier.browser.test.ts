import { beforeAll, expect, it } from 'vitest';
import { bringUp, probeMachine } from '../../engine/device/bring-up.ts';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { runTflite } from '../testing/other-runtimes.ts';
import { randomValues, read, withHead } from './testing/networks.ts';
import { writeTfliteClassifier } from './write-classifier.ts';
import { writeTflite } from './write-tflite.ts';

beforeAll(async () => {
  await bringUp('wasm', await probeMachine());
});

it('LiteRT.js runs a file with metadata and labels as it runs one without', async () => {
  const sidePx = 64;
  const parts = partsOf(tinyLayersModel({ sidePx }));
  const network = await withHead(read(parts, sidePx, null), 24, [3]);
  const shape = [1, sidePx, sidePx, 3];
  const values = randomValues(shape, [0, 255]);
  const about = { name: 'Hats', description: 'Three hats.', labels: ['a', 'b', 'c'] };
  const whole = await writeTfliteClassifier(network, about, { batch: 1 });
  const found = await runTflite(whole, values, shape);
  expect(found).toHaveLength(3);
  expect(found).toEqual(await runTflite(writeTflite(network, { batch: 1 }), values, shape));
});
