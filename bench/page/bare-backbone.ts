/** The bare backbone on a device: no picture is decoded, cropped or moved between workers. */
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import type { BackendName } from '../../src/core/backend.ts';
import { createRandom } from '../../src/core/random.ts';
import { findModel } from '../../src/engine/backbone/source.ts';
import { readBack } from '../../src/engine/device/device.ts';
import { BATCH_SIZE } from '../../src/engine/embed.ts';
import { createSession } from '../../src/engine/session.ts';

export interface BareBackbone {
  start(backend: BackendName, id: string, baseUrl: string): Promise<void>;
  /** @returns pictures a second over at least so many; one batch computes while the one before is read back. */
  measure(pictures: number): Promise<number>;
}

const session = createSession(() => undefined);

const bare: BareBackbone = {
  start: async (backend, id, baseUrl) => {
    const started = await session.start(backend);
    if (!started.ok || started.value.backend !== backend) throw new Error(`no ${backend}`);
    const signal = new AbortController().signal;
    const found = await findModel({ kind: 'catalogue', id }, baseUrl, () => undefined, signal);
    if (!found.ok) throw new Error(found.problem.code);
    const loaded = await session.setBackbone(found.value, 'in-use');
    if (!loaded.ok) throw new Error(loaded.problem.code);
  },
  measure: async (pictures) => {
    const device = session.device();
    const { network } = session.backbone('in-use');
    const size = BATCH_SIZE[device.backend];
    const batches = Math.ceil(pictures / size);
    const pixels = noise(size, network.shape.inputSidePx);
    const startedAt = performance.now();
    let before: Promise<unknown> = Promise.resolve();
    for (let batch = 0; batch < batches; batch++) {
      const features = tf.tidy(() => network.embed(pixels));
      const read = readBack(device, features).finally(() => {
        features.dispose();
      });
      await before;
      before = read;
    }
    await before;
    const seconds = (performance.now() - startedAt) / 1000;
    pixels.dispose();
    return (batches * size) / seconds;
  },
};

/** What a network computes takes as long for noise as for photographs. */
function noise(count: number, sidePx: number): tf.Tensor4D {
  const random = createRandom(1);
  const values = Float32Array.from({ length: count * sidePx * sidePx * 3 }, () =>
    Math.floor(random.next() * 256),
  );
  return tf.tensor4d(values, [count, sidePx, sidePx, 3]);
}

expose(bare);
