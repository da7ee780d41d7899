import { Cancelled } from '../../core/problem.ts';
import type { NetworkPlan } from '../../network/wasm/plan.ts';
import { createSimdNetwork, type SimdNetwork } from '../../network/wasm/simd-network.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import type { NetworkId } from '../remote.ts';

/** The networks that a picture worker holds, by number. */
export interface HeldNetworks {
  /** @throws where the kernel doesn't run here, or memory is short. */
  readonly load: (id: NetworkId, plan: NetworkPlan) => void;
  readonly drop: (id: NetworkId) => void;
  /** @returns the embedding. @throws Cancelled where there is no such network any more. */
  readonly embed: (id: NetworkId, input: InputPixels) => Float32Array<ArrayBuffer>;
}

export function createHeldNetworks(): HeldNetworks {
  const held = new Map<NetworkId, SimdNetwork>();
  return {
    load: (id, plan) => {
      held.set(id, createSimdNetwork(plan));
    },
    drop: (id) => {
      held.delete(id);
    },
    embed: (id, input) => {
      const runner = held.get(id);
      if (runner === undefined) throw new Cancelled();
      return runner.embed(input).slice();
    },
  };
}
