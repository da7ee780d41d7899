/** A backbone in the picture workers: whole, its feature map, and cut in two. */
import { transfer, wrap } from 'comlink';
import { afterAll, expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import type { BackboneInfo } from '../../core/backbone.ts';
import { drawLevels, NetworkWriter } from '../../network/testing/network-writer.ts';
import { planNetwork } from '../../network/wasm/plan-network.ts';
import { createSimdNetwork } from '../../network/wasm/simd-network.ts';
import { createPicturePool } from '../picture-pool.ts';
import type { PictureRemote } from '../remote.ts';
import { loadIntoPool } from './choose-runtime.ts';

const SIDE = 20;
const FEATURES = 11;
const INFO: BackboneInfo = {
  id: 'tiny',
  name: 'tiny',
  kind: 'graph-model',
  sha256: '0'.repeat(64),
  bytes: 1,
  inputSidePx: SIDE,
  inputRange: [-1, 1],
  embeddingLength: FEATURES,
  featureLayer: '',
  source: 'files',
};

const started: Worker[] = [];
afterAll(() => {
  for (const worker of started) worker.terminate();
});

function startWorker(): MessagePort {
  const url = new URL('../picture-worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  started.push(worker);
  const { port1, port2 } = new MessageChannel();
  void wrap<PictureRemote>(worker).connect(transfer(port1, [port1]), true);
  return port2;
}

it('gives in several workers what it gives in this thread, and goes on where it was cut', async () => {
  const { network } = new NetworkWriter(SIDE, 3)
    .convolution({ outputs: 5, side: 3, stride: 2 })
    .depthwise({})
    .convolution({ outputs: FEATURES })
    .average();
  const pool = createPicturePool([startWorker(), startWorker()]);
  const backbone = await loadIntoPool(network, INFO, pool);
  const batch = [1, 2, 3].map((seed) => drawLevels([SIDE, SIDE, 3], seed));
  const simd = createSimdNetwork(planNetwork(network, INFO));
  const wanted = Float32Array.from(batch.flatMap((picture) => [...simd.run(picture)]));
  expect(await backbone.embed(batch)).toEqual(wanted);

  const inside = backbone.inside();
  if (inside?.taps.features == null) throw new Error('no feature map');
  const { taps, cuts } = inside;
  expect(taps.features?.shape).toEqual([SIDE / 2, SIDE / 2, FEATURES]);
  expect(cuts.map(({ step }) => step)).toEqual([1, 2, 3]);
  for (const cut of cuts) {
    const prefix = await inside.run(batch, cut);
    const rest = await inside.resume(prefix, cut, taps.pooled);
    expect(rest).toHaveLength(wanted.length);
    rest.forEach((value, index) => expect(value).toBeCloseTo(at(wanted, index), 5));
  }
  backbone.dispose();
  await expect(backbone.embed(batch)).rejects.toThrow();
});
