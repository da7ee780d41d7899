/**
 * A picture worker: files and frames in; descriptions, inputs or embeddings out. All of them hold the
 * same networks and nothing else, so that any can take any picture.
 */
import './hold-lock.ts';
import { expose, transfer } from 'comlink';
import type { Frame } from './contract.ts';
import { ok } from '../core/problem.ts';
import { withInput } from './picture/input.ts';
import type { InputPixels } from '../core/preprocess.ts';
import { inspectFile, inspectRendered } from './picture/inspect.ts';
import { openForInput, type Opened } from './picture/open.ts';
import { encodePicture } from './picture/thumbnail.ts';
import type { NetworkId, PictureRemote, Prepared } from './remote.ts';
import { createHeldNetworks } from './runtime/held-networks.ts';

const networks = createHeldNetworks();

const remote: PictureRemote = {
  connect: (port, fresh) => {
    if (fresh) networks.clear();
    expose(remote, port);
  },
  loadNetwork: networks.load,
  dropNetwork: networks.drop,
  run: (id, input) => {
    const output = networks.run(id, input);
    return transfer(output, [output.buffer]);
  },
  prepare: async (picture, name, crop, sidePx, network) => {
    const opened =
      picture instanceof Blob ? await openForInput(picture, name, sidePx) : ok(asFrame(picture));
    if (!opened.ok) return opened;
    const { picture: decoded, asStored } = opened.value;
    try {
      const prepared = await withInput(decoded, crop, sidePx, asStored, (input) =>
        network === null ? { input: input.slice(), failure: null } : tryToEmbed(network, input),
      );
      const { buffer } = 'embedding' in prepared ? prepared.embedding : prepared.input;
      return transfer(ok(prepared), [buffer]);
    } finally {
      decoded.close();
    }
  },
  inspect: inspectFile,
  inspectRendered,
  encodeFrame: async (frame) => {
    try {
      return await encodePicture(frame, 'image/jpeg');
    } finally {
      frame.close();
    }
  },
};

function tryToEmbed(network: NetworkId, input: InputPixels): Prepared {
  try {
    return { embedding: networks.run(network, input) };
  } catch (error) {
    return {
      input: input.slice(),
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}

/** A camera's frame may be turned, as the device is held. */
function asFrame(picture: Frame): Opened {
  return { picture, asStored: false };
}

expose(remote);
