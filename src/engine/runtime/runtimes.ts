import { Cancelled } from '../../core/problem.ts';
import type { RuntimeName, RuntimeStatus } from '../../core/runtime.ts';
import type { Backbone } from '../../network/backbone.ts';
import type { EngineEvent } from '../contract.ts';
import type { Faster } from '../embed.ts';
import type { PicturePool } from '../picture-pool.ts';
import type { LoadedBackbone, Session } from '../session.ts';
import { chooseRuntime, type PooledBackbone } from './choose-runtime.ts';

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
  fasterThan(backbone: Backbone): Faster | null;
}

export function createRuntimes(parts: RuntimesParts): Runtimes {
  const { session, pool, baseUrl, report } = parts;
  const gone = new WeakSet<LoadedBackbone>();
  const found = new Map<Backbone, { faster: PooledBackbone; status: RuntimeStatus }>();
  let asked: RuntimeName | null = null;

  const tell = (status: RuntimeStatus) => report({ kind: 'runtime', status });

  const decide = async (loaded: LoadedBackbone) => {
    const { backbone } = loaded;
    const alone = <T>(work: () => Promise<T>) =>
      session.alone(() => {
        if (gone.has(loaded)) throw new Cancelled();
        return work();
      });
    const choice = await chooseRuntime(loaded, asked, { pool, baseUrl, alone });
    if (gone.has(loaded)) {
      choice.faster?.dispose();
      return;
    }
    if (choice.faster !== null) {
      found.set(backbone, { faster: choice.faster, status: choice.status });
    }
    await tell(choice.status);
  };

  const letGo = (backbone: Backbone) => {
    found.get(backbone)?.faster.dispose();
    found.delete(backbone);
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
      letGo(loaded.backbone);
    },
    fasterThan: (backbone) => {
      const there = found.get(backbone);
      if (there === undefined) return null;
      const { id } = there.faster;
      return {
        network: id,
        fail: async (failure) => {
          // Pictures fail side by side: the first says so.
          if (found.get(backbone) !== there) return;
          letGo(backbone);
          const { status } = there;
          await tell({ ...status, runtime: 'tfjs', reason: 'other-failed', threads: 1, failure });
        },
      };
    },
  };
}
