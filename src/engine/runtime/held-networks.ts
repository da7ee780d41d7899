import { Cancelled } from '../../core/problem.ts';
import type { PictureRuntime } from '../backbone/backbone.ts';
import type { InputPixels } from '../picture/input.ts';
import type { NetworkId } from '../remote.ts';
import type { LiteRtProgram } from './lite-rt-program.ts';
import type { PortableNetwork } from './picture-runtime.ts';

/** The networks that a picture worker holds in LiteRT, by number. */
export interface HeldNetworks {
  /** @throws where LiteRT doesn't start or won't have the network. */
  readonly load: (id: NetworkId, network: PortableNetwork, program: LiteRtProgram) => Promise<void>;
  readonly drop: (id: NetworkId) => void;
  /** @returns row-major [inputs, embeddingLength]. @throws where there is none, or it fails. */
  readonly embed: (
    id: NetworkId,
    inputs: readonly InputPixels[],
  ) => Promise<Float32Array<ArrayBuffer>>;
}

export function createHeldNetworks(): HeldNetworks {
  const held = new Map<NetworkId, Promise<PictureRuntime>>();
  return {
    load: async (id, network, program) => {
      const runtime = bringUp(network, program);
      held.set(id, runtime);
      await runtime;
    },
    drop: (id) => {
      // One that never came up has said so already.
      void held.get(id)?.then(
        (runtime) => {
          runtime.dispose();
        },
        () => undefined,
      );
      held.delete(id);
    },
    embed: async (id, inputs) => {
      const runtime = held.get(id);
      if (runtime === undefined) throw new Cancelled();
      return (await runtime).embed(inputs);
    },
  };
}

/** The runtime's code is loaded only where it is used. */
async function bringUp(network: PortableNetwork, program: LiteRtProgram): Promise<PictureRuntime> {
  const [{ startLiteRt }, { createPictureRuntime }] = await Promise.all([
    import('./start-lite-rt.ts'),
    import('./picture-runtime.ts'),
  ]);
  return createPictureRuntime(await startLiteRt(program), network);
}
