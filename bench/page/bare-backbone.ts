/** The bare backbone on a device: no picture is decoded, cropped or moved between workers. */
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import type { BackendName } from '../../src/core/backend.ts';
import { createRandom } from '../../src/core/random.ts';
import { findModel } from '../../src/engine/backbone/source.ts';
import { readBack } from '../../src/engine/device/device.ts';
import { BATCH_SIZE } from '../../src/engine/embed.ts';
import { toTensor } from '../../src/network/tfjs/conversions.ts';
import type { InputPixels } from '../../src/core/preprocess.ts';
import { createSession } from '../../src/engine/session.ts';
import type { Work } from './contract.ts';

export interface BareBackbone {
  start(backend: BackendName, id: string, baseUrl: string): Promise<void>;
  /** Ready pixels to embeddings, at least so many; one batch computes while the one before is read back. */
  embed(pictures: number): Promise<Work>;
  /** Ready pixels onto the device, at least so many. */
  upload(pictures: number): Promise<Work>;
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
  embed: async (pictures) => {
    const { backbone } = session.backbone('in-use');
    const inputs = noise();
    let before: Promise<unknown> = Promise.resolve();
    const embedBatch = async () => {
      const read = backbone.embed(inputs);
      await before;
      before = read;
    };
    return inBatches(pictures, embedBatch, () => before);
  },
  upload: (pictures) => {
    const inputs = noise();
    const { inputSidePx } = session.backbone('in-use').backbone.info;
    return inBatches(pictures, async () => {
      // Where the device takes pixels lazily, this is what copies them.
      const pixels = toTensor(inputs, inputSidePx);
      const touched = tf.tidy(() => tf.slice(pixels, [0, 0, 0, 0], [1, 1, 1, 1]));
      await readBack(session.device(), touched);
      tf.dispose([pixels, touched]);
    });
  },
};

/** @param rest what is still under way after the last batch. */
async function inBatches(
  pictures: number,
  work: () => Promise<void>,
  rest: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Work> {
  const size = BATCH_SIZE[session.device().backend];
  const batches = Math.ceil(pictures / size);
  const startedAt = performance.now();
  for (let batch = 0; batch < batches; batch++) await work();
  await rest();
  return { count: batches * size, seconds: (performance.now() - startedAt) / 1000 };
}

/** A batch. What a network computes takes as long for noise as for photographs. */
function noise(): InputPixels[] {
  const random = createRandom(1);
  const { inputSidePx } = session.backbone('in-use').backbone.info;
  return Array.from({ length: BATCH_SIZE[session.device().backend] }, () =>
    Uint8Array.from({ length: inputSidePx * inputSidePx * 3 }, () => random.int(256)),
  );
}

expose(bare);
