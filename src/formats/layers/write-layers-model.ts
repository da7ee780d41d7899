import type { ModelFile } from '../../core/backbone.ts';
import { at } from '../../core/at.ts';
import type { KerasLayer } from './keras-layers.ts';
import { packWeight, type LayersPrecision } from './pack-weights.ts';

export interface LayersModelOptions {
  /** What wrote it, such as "Headstart 0.1.0". */
  readonly app: string;
  /** TF.js 1.3 refuses float16. */
  readonly precision: LayersPrecision;
}

const WEIGHTS_FILE = 'weights.bin';

/**
 * Layers as a TF.js layers model: `model.json` and `weights.bin`. A functional `Model`, which TF.js
 * loads from 1.3 on; the later name `Functional` it doesn't know.
 */
export function writeLayersModel(
  layers: readonly KerasLayer[],
  { app, precision }: LayersModelOptions,
): readonly ModelFile[] {
  const weights = layers.flatMap((layer) =>
    layer.weights.map((weight) => ({
      name: `${layer.name}/${weight.name}`,
      shape: weight.shape,
      ...packWeight(weight, precision),
    })),
  );
  const model = {
    format: 'layers-model',
    generatedBy: app,
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: describeModel(layers),
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: weights.map(({ name, shape, quantization }) => ({
          name,
          shape,
          dtype: 'float32',
          ...(quantization === null ? {} : { quantization }),
        })),
      },
    ],
  };
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(model)) },
    { name: WEIGHTS_FILE, bytes: joined(weights.map(({ bytes }) => bytes)) },
  ];
}

function describeModel(layers: readonly KerasLayer[]) {
  const endOf = (index: number) => [[at(layers, index).name, 0, 0]];
  return {
    name: 'classifier',
    layers: layers.map(({ className, name, config, inputs }) => ({
      class_name: className,
      name,
      config: { name, trainable: true, ...config },
      inbound_nodes:
        inputs.length === 0 ? [] : [inputs.map((input) => [at(layers, input).name, 0, 0, {}])],
    })),
    input_layers: endOf(0),
    output_layers: endOf(layers.length - 1),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
