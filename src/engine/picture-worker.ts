/**
 * A picture worker: files and frames in; descriptions, inputs or embeddings out. All of them hold the
 * same networks and nothing else, so that any can take any picture.
 */
import './hold-lock.ts';
import { expose, transfer } from 'comlink';
import type { Frame } from './contract.ts';
import { ok, type Result, Cancelled } from '../core/problem.ts';
import { withInput } from './picture/input.ts';
import type { InputPixels } from '../core/preprocess.ts';
import { visitFile, visitRendered, type Aim, type Looked } from './picture/visit.ts';
import { openForInput, type Opened } from './picture/open.ts';
import { encodePicture } from './picture/thumbnail.ts';
import {
  buffersOf,
  type NetworkId,
  type PictureRemote,
  type PrepareAim,
  type Prepared,
} from './remote.ts';
import {
  createSimdNetwork,
  type SimdInput,
  type SimdNetwork,
} from '../network/wasm/simd-network.ts';

const networks = new Map<NetworkId, SimdNetwork>();

const remote: PictureRemote = {
  connect: (port, fresh) => {
    if (fresh) networks.clear();
    expose(remote, port);
  },
  // It throws where the SIMD runtime doesn't run here, or memory is short.
  loadNetwork: (id, plan) => {
    networks.set(id, createSimdNetwork(plan));
  },
  dropNetwork: (id) => {
    networks.delete(id);
  },
  run: (id, input) => {
    const output = runNetwork(id, input);
    return transfer(output, [output.buffer]);
  },
  prepare: async (picture, name, crop, sidePx, network) => {
    const opened =
      picture instanceof Blob ? await openForInput(picture, name, sidePx) : ok(asFrame(picture));
    if (!opened.ok) return opened;
    const { picture: decoded, asStored } = opened.value;
    try {
      const prepared = await withInput(decoded, crop, sidePx, asStored, (input) =>
        prepareInput(network, input),
      );
      const { buffer } = 'embedding' in prepared ? prepared.embedding : prepared.input;
      return transfer(ok(prepared), [buffer]);
    } finally {
      decoded.close();
    }
  },
  visit: async (file, aim) => moved(await visitFile(file, aimOf(aim))),
  visitRendered: async (file, picture, aim) =>
    moved(await visitRendered(file, picture, aimOf(aim))),
  encodeFrame: async (frame) => {
    try {
      return await encodePicture(frame, 'image/jpeg');
    } finally {
      frame.close();
    }
  },
};

function aimOf(aim: PrepareAim | null): Aim<Prepared> | null {
  return aim === null ? null : { ...aim, use: (input) => prepareInput(aim.network, input) };
}

/** What was made changes hands instead of being copied. */
function moved<Outcome extends Result<Looked<Prepared>> | 'svg'>(outcome: Outcome): Outcome {
  if (outcome === 'svg' || !outcome.ok) return outcome;
  const { inspection, made } = outcome.value;
  const buffers = buffersOf(inspection);
  if (made !== null) buffers.push('embedding' in made ? made.embedding.buffer : made.input.buffer);
  return transfer(outcome, buffers);
}

/** @throws Cancelled where there is no such network any more. */
function runNetwork(id: NetworkId, input: SimdInput): Float32Array<ArrayBuffer> {
  const network = networks.get(id);
  if (network === undefined) throw new Cancelled();
  return Float32Array.from(network.run(input));
}

function prepareInput(network: NetworkId | null, input: InputPixels): Prepared {
  if (network === null) return { input: input.slice(), failure: null };
  try {
    return { embedding: runNetwork(network, input) };
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
