import type { NetworkBuilder } from './builder.ts';
import type { Weight } from './weights.ts';

/** A layer or node as its importer reads it. */
export interface Operation {
  readonly name: string;
  /** Keras's class or TensorFlow's operation. */
  readonly type: string;
  /** Names of the operations whose outputs it takes; weights are no inputs. */
  readonly inputs: readonly string[];
  /** @throws NotTranslatable */
  readonly build: (building: Building) => void;
}

/** What an operation is built with. */
export interface Building {
  readonly network: NetworkBuilder;
  readonly inputSidePx: number;
  /** @throws NotTranslatable where it isn't there. */
  readonly weight: (name: string) => Weight;
}

/** A batch norm's statistics and parameters, one of each for every channel. */
export interface BatchNormWeights {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** γ; null: 1. */
  readonly gamma: Float32Array | null;
  /** β; null: 0. */
  readonly beta: Float32Array | null;
  readonly epsilon: number;
}

/**
 * At inference `γ · (x − μ) / √(σ² + ε) + β` is `s · x + (β − s · μ)` with
 * `s = γ / √(σ² + ε)` (Ioffe & Szegedy 2015, algorithm 2).
 */
export function foldBatchNorm({ mean, variance, gamma, beta, epsilon }: BatchNormWeights): {
  readonly scale: Float64Array;
  readonly offset: Float64Array;
} {
  const scale = Float64Array.from(
    variance,
    (value, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(value + epsilon),
  );
  const offset = Float64Array.from(
    mean,
    (value, channel) => (beta?.[channel] ?? 0) - (scale[channel] ?? NaN) * value,
  );
  return { scale, offset };
}
