import { Cancelled } from '../../core/problem.ts';
import type { NetworkPlan } from '../../network/kernel/plan.ts';
import { createKernelNetwork, type KernelNetwork } from '../../network/kernel/kernel-network.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import type { NetworkId } from '../remote.ts';

/** The networks that a picture worker holds, by number. */
export interface HeldNetworks {
  /** @throws where the kernel doesn't run here, or memory is short. */
  readonly load: (id: NetworkId, plan: NetworkPlan) => void;
  readonly drop: (id: NetworkId) => void;
  readonly clear: () => void;
  /** @returns the embedding. @throws Cancelled where there is no such network any more. */
  readonly embed: (id: NetworkId, input: InputPixels) => Float32Array<ArrayBuffer>;
}

export function createHeldNetworks(): HeldNetworks {
  const held = new Map<NetworkId, KernelNetwork>();
  return {
    load: (id, plan) => {
      held.set(id, createKernelNetwork(plan));
    },
    drop: (id) => {
      held.delete(id);
    },
    clear: () => {
      held.clear();
    },
    embed: (id, input) => {
      const runner = held.get(id);
      if (runner === undefined) throw new Cancelled();
      return runner.embed(input).slice();
    },
  };
}
