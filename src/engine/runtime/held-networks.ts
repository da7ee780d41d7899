import { Cancelled } from '../../core/problem.ts';
import type { NetworkPlan } from '../../network/wasm/plan.ts';
import {
  createSimdNetwork,
  type SimdInput,
  type SimdNetwork,
} from '../../network/wasm/simd-network.ts';
import type { NetworkId } from '../remote.ts';

/** The networks that a picture worker holds, by number. */
export interface HeldNetworks {
  /** @throws where the SIMD runtime doesn't run here, or memory is short. */
  readonly load: (id: NetworkId, plan: NetworkPlan) => void;
  readonly drop: (id: NetworkId) => void;
  readonly clear: () => void;
  /** @returns its output. @throws Cancelled where there is no such network any more. */
  readonly run: (id: NetworkId, input: SimdInput) => Float32Array<ArrayBuffer>;
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
    clear: () => {
      held.clear();
    },
    run: (id, input) => {
      const network = held.get(id);
      if (network === undefined) throw new Cancelled();
      return Float32Array.from(network.run(input));
    },
  };
}
