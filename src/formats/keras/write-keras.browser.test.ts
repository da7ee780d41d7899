import { expect, test } from 'vitest';
import { at } from '../../core/at.ts';
import { branchingLayers } from './testing/branching-layers.ts';
import type { WrittenFiles } from './testing/keras.worker.ts';
import { readHdf5, readStored } from './testing/read-back.ts';
import { writeKeras } from './write-keras.ts';
import { writeKerasH5 } from './write-keras-h5.ts';

async function writeInWorker(): Promise<WrittenFiles> {
  const worker = new Worker(new URL('./testing/keras.worker.ts', import.meta.url), {
    type: 'module',
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<WrittenFiles>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  } finally {
    worker.terminate();
  }
}

async function writeHere(): Promise<WrittenFiles> {
  const options = { app: 'a page' };
  return {
    keras: await writeKeras(branchingLayers, options),
    h5: await writeKerasH5(branchingLayers, options),
  };
}

test.each([
  { where: 'a page', write: writeHere },
  { where: 'a worker', write: writeInWorker },
])('both files are written in $where', async ({ where, write }) => {
  const { keras, h5 } = await write();
  const files = await readStored(keras);
  expect(files.map(({ method }) => method)).toEqual([0, 0, 0]);
  const variables = await readHdf5(at(files, 2).bytes);
  const old = await readHdf5(h5);
  expect(old.attributes.get('@generated_by')).toBe(where);
  const [shortcut] = branchingLayers.filter(({ name }) => name === 'shortcut');
  const kernel = shortcut?.weights.at(0)?.values;
  expect(variables.data.get('layers/conv2d_1/vars/0')?.values).toEqual(kernel);
  expect(old.data.get('model_weights/shortcut/shortcut/kernel:0')?.values).toEqual(kernel);
});
