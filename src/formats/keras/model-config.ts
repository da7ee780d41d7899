import { at } from '../../core/at.ts';
import type { KerasLayer } from '../layers/keras-layers.ts';

export const MODEL_NAME = 'classifier';

/** Of every layer: Keras's own default can be set to something else. */
const DTYPE = 'float32';

/**
 * The config of a functional model. Both formats have it: Keras 3 reads a layer's inputs in the list form
 * of Keras 2 too, in `.keras` files as in `.h5` files (`deserialize_node` in its
 * `src/models/functional.py`).
 *
 * @param describeLayer adds what a format says of a layer besides its name, config and inputs.
 */
export function describeModel(
  layers: readonly KerasLayer[],
  describeLayer: (layer: KerasLayer) => Readonly<Record<string, unknown>>,
) {
  const tensorOf = (index: number) => [at(layers, index).name, 0, 0];
  return {
    name: MODEL_NAME,
    trainable: true,
    layers: layers.map((layer) => ({
      ...describeLayer(layer),
      name: layer.name,
      inbound_nodes:
        layer.inputs.length === 0 ? [] : [layer.inputs.map((input) => [...tensorOf(input), {}])],
    })),
    input_layers: [tensorOf(0)],
    output_layers: [tensorOf(layers.length - 1)],
  };
}

/** What a layer is made from. Keras 2's input layer refuses what it doesn't know, `trainable` included. */
export function describeConfig({ className, name, config }: KerasLayer) {
  return className === 'InputLayer'
    ? { name, ...config }
    : { name, trainable: true, dtype: DTYPE, ...config };
}

/**
 * Layers in the order in which Keras will have them in `model.layers`: by it, not by name, weights find
 * their layers. That is by the longest way to the output, layers as far as each other in the order in
 * which a walk back from the output, depth first, comes upon them (`map_graph` in Keras 3's
 * `src/ops/function.py`, `_map_graph_network` in Keras 2). Layers that the output doesn't depend on are
 * left out, as Keras leaves them out.
 *
 * @param layers each after those that feed it; the last one is the output.
 */
export function orderAsKeras(layers: readonly KerasLayer[]): readonly KerasLayer[] {
  const found = walkBack(layers);
  const distances = distancesToOutput(layers, found);
  const order = [...found].sort((a, b) => at(distances, b) - at(distances, a));
  const places = new Map(order.map((index, place) => [index, place]));
  return order.map((index) => {
    const layer = at(layers, index);
    return { ...layer, inputs: layer.inputs.map((input) => places.get(input) ?? 0) };
  });
}

/** Numbers of the layers that the output depends on, in the order of the walk. */
function walkBack(layers: readonly KerasLayer[]): ReadonlySet<number> {
  const found = new Set<number>();
  const waiting = [layers.length - 1];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    waiting.push(...at(layers, index).inputs.toReversed());
  }
  return found;
}

/** Layers on the longest way from each one to the output. */
function distancesToOutput(
  layers: readonly KerasLayer[],
  found: ReadonlySet<number>,
): readonly number[] {
  const distances = layers.map(() => 0);
  for (const index of [...found].sort((a, b) => b - a))
    for (const input of at(layers, index).inputs)
      distances[input] = Math.max(at(distances, input), at(distances, index) + 1);
  return distances;
}
