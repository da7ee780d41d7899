import type { ModelFile } from '../core/backbone.ts';
import type { DenseLayer, Head } from '../core/head.ts';

export const HEAD_FILE = 'model.json';
export const WEIGHTS_FILE = 'weights.bin';

/**
 * A head as a TF.js layers model: `model.json` and `weights.bin`, for
 * `tf.loadLayersModel`. A Sequential of Dense layers and nothing newer, so that
 * TF.js 1.3 loads it as well as 4.22 does; float32, because 1.3 refuses float16.
 */
export function writeHead(head: Head, app: string): readonly ModelFile[] {
  const named = head.layers.map((layer, index) => ({
    layer,
    name: index === head.layers.length - 1 ? 'answer' : `hidden_${String(index + 1)}`,
  }));
  const model = {
    format: 'layers-model',
    generatedBy: app,
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'head',
        layers: named.map(({ layer, name }, index) => ({
          class_name: 'Dense',
          config: describeDense(layer, name, index === 0 ? head.embeddingLength : null),
        })),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: named.flatMap(({ layer, name }) => [
          {
            name: `${name}/kernel`,
            shape: [layer.kernel.length / layer.units, layer.units],
            dtype: 'float32',
          },
          { name: `${name}/bias`, shape: [layer.units], dtype: 'float32' },
        ]),
      },
    ],
  };
  return [
    { name: HEAD_FILE, bytes: new TextEncoder().encode(JSON.stringify(model)) },
    {
      name: WEIGHTS_FILE,
      bytes: packFloats(head.layers.flatMap((layer) => [layer.kernel, layer.bias])),
    },
  ];
}

function describeDense(layer: DenseLayer, name: string, inputs: number | null) {
  return {
    name,
    trainable: true,
    ...(inputs === null ? {} : { batch_input_shape: [null, inputs] }),
    dtype: 'float32',
    units: layer.units,
    activation: layer.activation,
    use_bias: true,
    // What loading starts from before the weights arrive: zeros cost nothing to make.
    kernel_initializer: { class_name: 'Zeros', config: {} },
    bias_initializer: { class_name: 'Zeros', config: {} },
  };
}

/** Little-endian float32, one after the other, as TF.js lays weights out. */
function packFloats(parts: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(count * 4);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    for (const value of part) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return bytes;
}
