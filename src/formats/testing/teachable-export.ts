/** A classifier as Teachable Machine writes it: models nested in each other, weights under flat names. */
import { createRandom } from '../../core/random.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';

export interface TeachableExportOptions {
  readonly labels?: readonly unknown[];
  readonly hiddenUnits?: number;
  /** Of the last layer. */
  readonly activation?: string;
  readonly sidePx?: number;
}

interface Json {
  modelTopology: { config: { layers: unknown[]; [key: string]: unknown } };
  weightsManifest: {
    paths: string[];
    weights: { name: string; shape: number[]; dtype: string }[];
  }[];
}

const FEATURES = 24;
export const LABELS = ['Class 1', 'b/c "d"', '🦊'];

/** @returns `model.json`, `weights.bin` and `metadata.json` by their names. */
export function teachableExport(options: TeachableExportOptions = {}): Map<string, File> {
  const { labels = LABELS, hiddenUnits = 10, activation = 'softmax', sidePx = 64 } = options;
  const [base, weights] = tinyLayersModel({ features: FEATURES, sidePx });
  if (base === undefined || weights === undefined) throw new Error('no model');
  const { modelTopology, weightsManifest } = JSON.parse(
    new TextDecoder().decode(base.bytes),
  ) as Json;
  const dense = [
    denseLayer('dense_Dense1', FEATURES, hiddenUnits, 'relu', true),
    denseLayer('dense_Dense2', hiddenUnits, labels.length, activation, false),
  ];
  const sequential = (name: string, layers: unknown[]) => ({
    class_name: 'Sequential',
    config: { name, layers },
  });
  const json = {
    modelTopology: {
      ...sequential('sequential_4', [
        sequential('sequential_1', [
          { class_name: 'Model', config: modelTopology.config },
          {
            class_name: 'GlobalAveragePooling2D',
            config: { name: 'global_average_pooling2d', data_format: 'channels_last' },
          },
        ]),
        sequential(
          'sequential_3',
          dense.map(({ layer }) => layer),
        ),
      ]),
      keras_version: 'tfjs-layers 1.3.1',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          ...(weightsManifest[0]?.weights ?? []),
          ...dense.flatMap((one) => one.weights.map(({ spec }) => spec)),
        ],
      },
    ],
  };
  const metadata = {
    tfjsVersion: '1.3.1',
    packageName: '@teachablemachine/image',
    timeStamp: '2021-09-28T02:32:46.949Z',
    userMetadata: {},
    modelName: 'tm-my-image-model',
    labels,
    imageSize: sidePx,
  };
  const values = dense.flatMap((one) => one.weights.map((weight) => weight.values));
  return new Map([
    ['model.json', new File([JSON.stringify(json)], 'model.json')],
    ['weights.bin', new File([weights.bytes, ...values], 'weights.bin')],
    ['metadata.json', new File([JSON.stringify(metadata)], 'metadata.json')],
  ]);
}

function denseLayer(
  name: string,
  inputs: number,
  units: number,
  activation: string,
  useBias: boolean,
) {
  const random = createRandom(units);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const weights = [
    {
      spec: { name: `${name}/kernel`, shape: [inputs, units], dtype: 'float32' },
      values: draw(inputs * units),
    },
    ...(useBias
      ? [{ spec: { name: `${name}/bias`, shape: [units], dtype: 'float32' }, values: draw(units) }]
      : []),
  ];
  const config = { name, units, activation, use_bias: useBias, batch_input_shape: [null, inputs] };
  return { layer: { class_name: 'Dense', config }, weights };
}
