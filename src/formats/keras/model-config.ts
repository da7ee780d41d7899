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
