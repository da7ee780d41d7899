import type { KerasLayer, KerasWeight } from '../../layers/keras-layers.ts';

/** Each layer that has weights, by name: their shapes and SHA-256 sums. */
type Weights = readonly (readonly [name: string, weights: readonly unknown[]])[];

/** What walk.py prints. */
export interface Walk {
  /** Of the .h5 file, in its order. */
  readonly old: Weights;
  /** Of the .keras file, sorted by name. */
  readonly new: Weights;
  readonly model: string;
  /** The first entry of the zip with a wrong checksum. */
  readonly bad: string | null;
  /** Whether nothing in the zip is deflated. */
  readonly stored: boolean;
}

/** What it must print of both files of these layers. */
export async function walkOf(layers: readonly KerasLayer[]): Promise<Walk> {
  const weights = await Promise.all(
    layers
      .filter((layer) => layer.weights.length > 0)
      .map(async ({ name, weights }) => [name, await Promise.all(weights.map(describe))] as const),
  );
  return { old: weights, new: sortByName(weights), model: 'Model', bad: null, stored: true };
}

export function readWalk(text: string): Walk {
  const read = JSON.parse(text) as Walk;
  // Groups of the .keras file come in the order of their own names.
  return { ...read, new: sortByName(read.new) };
}

async function describe({ shape, values }: KerasWeight): Promise<unknown> {
  const digest = await crypto.subtle.digest('SHA-256', Float32Array.from(values));
  const bytes = [...new Uint8Array(digest)];
  return [shape, bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')];
}

function sortByName(weights: Weights): Weights {
  return weights.toSorted(([a], [b]) => a.localeCompare(b));
}
