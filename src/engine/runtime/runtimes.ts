import { Cancelled } from '../../core/problem.ts';
import type { RuntimeName, RuntimeStatus } from '../../core/runtime.ts';
import type { Backbone } from '../../network/backbone.ts';
import type { EngineEvent } from '../contract.ts';
import { embedByTfjs, type Faster } from '../embed.ts';
import type { PicturePool, PooledNetwork } from '../picture-pool.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import type { LoadedBackbone, Session } from '../session.ts';
import { chooseRuntime } from './choose-runtime.ts';

export interface RuntimesParts {
  readonly session: Session;
  readonly pool: PicturePool;
  readonly baseUrl: string;
  readonly report: (event: EngineEvent) => void | Promise<void>;
}

/**
 * Faster runtimes of the backbones that are loaded. They come up beside the
 * work: until then, and where one fails, TF.js embeds.
 */
export interface Runtimes {
  /** What a person wants from now on; null: whatever is faster. */
  ask(runtime: RuntimeName | null): void;
  /** A backbone has come onto the device in use. */
  consider(loaded: LoadedBackbone): void;
  forget(loaded: LoadedBackbone): void;
  fasterThan(network: Backbone): Faster | null;
}

export function createRuntimes(parts: RuntimesParts): Runtimes {
  const { session, pool, baseUrl, report } = parts;
  const gone = new WeakSet<LoadedBackbone>();
  const found = new Map<Backbone, { faster: PooledNetwork; status: RuntimeStatus }>();
  let asked: RuntimeName | null = null;

  const tell = (status: RuntimeStatus) => report({ kind: 'runtime', status });

  const decide = async (loaded: LoadedBackbone) => {
    const { network } = loaded;
    const alone = <T>(work: () => Promise<T>) =>
      session.alone(() => {
        if (gone.has(loaded)) throw new Cancelled();
        return work();
      });
    const embed = (inputs: readonly InputPixels[]) =>
      embedByTfjs(inputs, { device: session.device(), network });
    const choice = await chooseRuntime(loaded, asked, { pool, baseUrl, embed, alone });
    if (gone.has(loaded)) {
      choice.faster?.dispose();
      return;
    }
    if (choice.faster !== null) {
      found.set(network, { faster: choice.faster, status: choice.status });
    }
    await tell(choice.status);
  };

  const letGo = (network: Backbone) => {
    found.get(network)?.faster.dispose();
    found.delete(network);
  };

  return {
    ask: (runtime) => {
      asked = runtime;
    },
    consider: (loaded) => {
      // The other backends leave the CPU alone, or are there because WASM can't be had.
      if (session.device().backend === 'wasm') void decide(loaded).catch(console.error);
    },
    forget: (loaded) => {
      gone.add(loaded);
      letGo(loaded.network);
    },
    fasterThan: (network) => {
      const there = found.get(network);
      if (there === undefined) return null;
      const { id } = there.faster;
      return {
        network: id,
        fail: async (failure) => {
          // Pictures fail side by side: the first says so.
          if (found.get(network) !== there) return;
          letGo(network);
          const { status } = there;
          await tell({ ...status, runtime: 'tfjs', reason: 'other-failed', threads: 1, failure });
        },
      };
    },
  };
}
