import type { Group } from 'h5wasm';
import type { KerasLayer } from '../layers/keras-layers.ts';
import { writeHdf5 } from './hdf5.ts';
import { orderAsKeras, describeConfig, describeModel } from './model-config.ts';
import type { KerasOptions } from './write-keras.ts';

/** Whose form of the format this is: the last Keras 2. Version 1 had other weights. */
const KERAS_VERSION = '2.15.0';
/** Its convolutions are correlations; weights from Theano would be turned round. */
const BACKEND = 'tensorflow';
/** Bytes that Keras puts in one attribute at most (`HDF5_OBJECT_HEADER_LIMIT`). HDF5 itself stops at 64 kB. */
const MAX_ATTRIBUTE_BYTES = 64512;

/**
 * Layers as a whole model in the old HDF5 format of Keras, which `load_model` of Keras 2 and 3 reads from
 * a file called `.h5` (`load_model_from_hdf5` in Keras 3's `src/legacy/saving/legacy_h5_format.py`, in
 * Keras 2 `saving/legacy/hdf5_format.py`).
 *
 * Input, output and errors are those of {@link writeKeras}.
 */
export function writeKerasH5(
  layers: readonly KerasLayer[],
  { app }: KerasOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const ordered = orderAsKeras(layers);
  return writeHdf5((root) => {
    root.create_attribute('keras_version', KERAS_VERSION);
    root.create_attribute('backend', BACKEND);
    root.create_attribute('generated_by', app);
    root.create_attribute('model_config', JSON.stringify(describeKeras2(ordered)));
    writeWeights(root.create_group('model_weights'), ordered);
  });
}

/** `Model`, since the later name `Functional` came only with Keras 2.4; Keras 3 knows both. */
function describeKeras2(layers: readonly KerasLayer[]) {
  const config = describeModel(layers, (layer) => ({
    class_name: layer.className,
    config: describeConfig(layer),
  }));
  return { class_name: 'Model', config };
}

/** Only of layers that have any: Keras passes over the others' names anyway. */
function writeWeights(group: Group, layers: readonly KerasLayer[]): void {
  const weighted = layers.filter(({ weights }) => weights.length > 0);
  group.create_attribute('keras_version', KERAS_VERSION);
  group.create_attribute('backend', BACKEND);
  writeNames(
    group,
    'layer_names',
    weighted.map(({ name }) => name),
  );
  for (const { name, weights } of weighted) {
    const own = group.create_group(name);
    const variables = own.create_group(name);
    const files = weights.map((weight) => ({ ...weight, file: `${weight.name}:0` }));
    writeNames(
      own,
      'weight_names',
      files.map(({ file }) => `${name}/${file}`),
    );
    for (const { file, shape, values } of files)
      variables.create_dataset({ name: file, data: values, shape: [...shape] });
  }
}

/**
 * A list of names as an attribute; what is too long for one goes into several, numbered from 0, as Keras
 * does it (`save_attributes_to_hdf5_group`).
 *
 * @param names of ASCII letters.
 */
function writeNames(group: Group, attribute: string, names: readonly string[]): void {
  const nameBytes = names.reduce((most, { length }) => Math.max(most, length), 0) + 1;
  const perPart = Math.floor(MAX_ATTRIBUTE_BYTES / nameBytes);
  const write = (key: string, part: readonly string[]) =>
    group.create_attribute(key, [...part], null, `A${String(nameBytes)}`);
  if (names.length <= perPart) {
    write(attribute, names);
    return;
  }
  for (let part = 0; part * perPart < names.length; part++)
    write(`${attribute}${String(part)}`, names.slice(part * perPart, (part + 1) * perPart));
}
