import {
  configure,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import type { KerasLayer } from '../layers/keras-layers.ts';
import { writeHdf5 } from './hdf5.ts';
import { orderAsKeras, describeConfig, describeModel, MODEL_NAME } from './model-config.ts';

export interface KerasOptions {
  /** What wrote it, such as "Headstart 0.1.0". */
  readonly app: string;
}

/** Whose form of the format this is; every later Keras 3 reads it. */
const KERAS_VERSION = '3.0.0';

/**
 * Layers as a `.keras` file, which `keras.models.load_model` of Keras 3 reads: a zip of `metadata.json`,
 * `config.json` and `model.weights.h5`, nothing deflated, as Keras writes it (`save_model` in its
 * `src/saving/saving_lib.py`).
 *
 * The model takes and gives what the layers do: [batch, height, width, channels] to [batch, classes],
 * float32, with an open batch. It isn't compiled: it predicts at once, and trains after `compile`.
 *
 * @param layers of `kerasLayers`: each after those that feed it, the first the input, the last the output.
 * @throws Error what HDF5 refuses.
 */
export async function writeKeras(
  layers: readonly KerasLayer[],
  { app }: KerasOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const ordered = orderAsKeras(layers);
  return packStored([
    ['metadata.json', encodeJson({ keras_version: KERAS_VERSION, generated_by: app })],
    ['config.json', encodeJson(describeKeras3(ordered))],
    ['model.weights.h5', await writeVariables(ordered)],
  ]);
}

function describeKeras3(layers: readonly KerasLayer[]) {
  const config = describeModel(layers, (layer) => ({
    module: 'keras.layers',
    class_name: layer.className,
    config: withBatchShape(describeConfig(layer)),
    registered_name: null,
  }));
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config,
    registered_name: 'Functional',
  };
}

/** Keras 3's name for what Keras 2 calls `batch_input_shape`. */
function withBatchShape({
  batch_input_shape: shape,
  ...others
}: Readonly<Record<string, unknown>>) {
  return shape === undefined ? others : { batch_shape: shape, ...others };
}

/**
 * A layer's variables lie at `layers/<class>[_<number>]/vars/<index>`, numbered by class in the order of
 * the layers: names play no part. The model's own `vars`, which it hasn't any of, Keras 3.0 wants there too.
 */
function writeVariables(layers: readonly KerasLayer[]): Promise<Uint8Array<ArrayBuffer>> {
  return writeHdf5((root) => {
    root.create_group('vars').create_attribute('name', MODEL_NAME);
    const all = root.create_group('layers');
    const counts = new Map<string, number>();
    for (const { className, name, weights } of layers) {
      const snake = toSnakeCase(className);
      const count = counts.get(snake) ?? 0;
      counts.set(snake, count + 1);
      const group = all.create_group(count === 0 ? snake : `${snake}_${String(count)}`);
      const variables = group.create_group('vars');
      variables.create_attribute('name', name);
      for (const [index, { shape, values }] of weights.entries())
        variables.create_dataset({ name: String(index), data: values, shape: [...shape] });
    }
  });
}

/** As Keras does (`to_snake_case` in its `src/utils/naming.py`): ReLU becomes re_lu, Conv2D conv2d. */
function toSnakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z]+)/gu, '$1_$2')
    .replace(/([a-z])([A-Z])/gu, '$1_$2')
    .toLowerCase();
}

function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

async function packStored(
  files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[],
): Promise<Uint8Array<ArrayBuffer>> {
  configure({ useWebWorkers: false, useCompressionStream: true });
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0 });
  for (const [name, bytes] of files) await writer.add(name, new Uint8ArrayReader(bytes));
  return new Uint8Array(await writer.close());
}
