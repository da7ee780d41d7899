import type { BackboneInfo } from '../../core/backbone.ts';
import {
  countOf,
  partOf,
  pointsOf,
  type Activations,
  type Backbone,
  type BackboneInside,
  type Point,
} from '../backbone.ts';
import { elementsOf, type Network } from '../network.ts';
import type { NetworkPlan } from './plan.ts';
import { planNetwork } from './plan-network.ts';
import type { SimdInput } from './simd-network.ts';

/** What runs a plan: a network of this thread, or those that workers hold. */
export interface PlanRunner {
  /** @returns the plan's outputs, row-major [inputs, …]. */
  run(inputs: readonly SimdInput[]): Promise<Activations>;
  dispose(): void;
}

/**
 * A backbone by the SIMD runtime.
 *
 * @param whole what runs the plan of the whole network.
 * @param load gets a plan of a part of the network running; only for those that are asked for.
 */
export function createSimdBackbone(
  network: Network,
  info: BackboneInfo,
  whole: PlanRunner,
  load: (plan: NetworkPlan) => Promise<PlanRunner>,
): Backbone {
  const parts = new Map<string, Promise<PlanRunner>>();
  const points = pointsOf(network);
  const last = points.taps.pooled.step;

  const partRunner = (from: number, to: number): Promise<PlanRunner> => {
    if (from === 0 && to === last) return Promise.resolve(whole);
    const name = `${from} ${to}`;
    const part = parts.get(name) ?? loadPart(from, to);
    parts.set(name, part);
    return part;
  };
  const loadPart = async (from: number, to: number) =>
    load(planNetwork(partOf(network, from, to), from === 0 ? info : null));

  const inside: BackboneInside = {
    ...points,
    run: async (batch, to) => (await partRunner(0, to.step)).run(batch),
    resume: async (activations, from, to) =>
      from.step === to.step
        ? activations
        : (await partRunner(from.step, to.step)).run(rowsOf(activations, from)),
  };
  return {
    info,
    embed: (batch) => whole.run(batch),
    inside: () => inside,
    dispose: () => {
      whole.dispose();
      for (const part of parts.values())
        part.then(
          (runner) => {
            runner.dispose();
          },
          () => undefined,
        );
    },
  };
}

function rowsOf(activations: Activations, point: Point): Activations[] {
  const length = elementsOf(point.shape);
  return Array.from({ length: countOf(activations, point) }, (_, row) =>
    activations.slice(row * length, (row + 1) * length),
  );
}
