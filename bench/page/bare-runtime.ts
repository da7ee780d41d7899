/** The SIMD runtime on pixels that are ready: no picture is read, decoded or resized. */
import { transfer, wrap } from 'comlink';
import type { BackboneInfo } from '../../src/core/backbone.ts';
import { createRandom } from '../../src/core/random.ts';
import { planNetwork } from '../../src/network/wasm/plan-network.ts';
import { createPicturePool } from '../../src/engine/picture-pool.ts';
import type { PictureRemote } from '../../src/engine/remote.ts';
import type { Work } from './contract.ts';
import { readNetwork } from './read-network.ts';
import { timed } from './task.ts';

/** What a network computes takes as long for noise as for photographs. */
const DIFFERENT_PICTURES = 8;

/** Picture workers of its own. @returns what embeds so many pictures by all of them. */
export async function startBareRuntime(
  id: string,
  shape: Pick<BackboneInfo, 'inputSidePx' | 'inputRange'>,
  workers: number,
): Promise<(pictures: number) => Promise<Work>> {
  const { inputSidePx } = shape;
  const ports = Array.from({ length: workers }, startWorker);
  const pool = createPicturePool(ports);
  const network = await pool.loadNetwork(planNetwork(await readNetwork(id), shape));
  const random = createRandom(1);
  const noise = Array.from({ length: DIFFERENT_PICTURES }, () =>
    Uint8Array.from({ length: inputSidePx ** 2 * 3 }, () => random.int(256)),
  );
  return (pictures) =>
    timed(pictures, async () => {
      for (let from = 0; from < pictures; from += noise.length)
        await network.run(noise.slice(0, pictures - from));
    });
}

function startWorker(): MessagePort {
  // The whole expression: only then it is built as a worker.
  const worker = new Worker(new URL('../../src/engine/picture-worker.ts', import.meta.url), {
    type: 'module',
  });
  const { port1, port2 } = new MessageChannel();
  void wrap<PictureRemote>(worker).connect(transfer(port1, [port1]), true);
  return port2;
}
