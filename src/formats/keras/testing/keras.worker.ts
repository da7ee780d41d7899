/** Writes both files in a worker, as the engine's side would, and sends them back. */
import { writeKeras } from '../write-keras.ts';
import { writeKerasH5 } from '../write-keras-h5.ts';
import { branchingLayers } from './branching-layers.ts';

export interface WrittenFiles {
  readonly keras: Uint8Array<ArrayBuffer>;
  readonly h5: Uint8Array<ArrayBuffer>;
}

const options = { app: 'a worker' };
const written: WrittenFiles = {
  keras: await writeKeras(branchingLayers, options),
  h5: await writeKerasH5(branchingLayers, options),
};
self.postMessage(written);
