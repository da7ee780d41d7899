import type { ModelFile } from '../../core/backbone.ts';
import type { Crop } from '../../core/preprocess.ts';
import { kerasLayers } from '../layers/keras-layers.ts';
import { writeLayersModel } from '../layers/write-layers-model.ts';
import type { LayersPrecision } from '../layers/pack-weights.ts';
import type { Network } from '../../network/network.ts';
import { textFile } from '../text-file.ts';

export interface TeachableOptions {
  /** What wrote it, such as "Headstart 0.1.0". */
  readonly app: string;
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** For whoever reads it back: its library knows no other than the centre. */
  readonly crop: Crop;
  readonly createdAtMillis: number;
  readonly precision: LayersPrecision;
}

/** That its library was written for. */
const LIBRARY_VERSION = '0.8.5';
const TFJS_VERSION = '1.3.1';

/**
 * A classifier in Teachable Machine's own layout: `model.json`, `weights.bin` and a `metadata.json`
 * with the keys that its library (@teachablemachine/image 0.8.5), ml5 and p5 sketches read.
 *
 * @param network from values as that library scales them to probabilities.
 */
export function writeTeachable(network: Network, options: TeachableOptions): readonly ModelFile[] {
  const { app, labels, crop, createdAtMillis, precision } = options;
  const metadata = {
    tfjsVersion: TFJS_VERSION,
    tmVersion: LIBRARY_VERSION,
    packageVersion: LIBRARY_VERSION,
    packageName: '@teachablemachine/image',
    timeStamp: new Date(createdAtMillis).toISOString(),
    userMetadata: { app, crop },
    modelName: 'classifier',
    labels,
    imageSize: network.steps[0]?.shape[0] ?? 0,
  };
  return [
    ...writeLayersModel(kerasLayers(network), { app, precision }),
    textFile('metadata.json', `${JSON.stringify(metadata, null, 2)}\n`),
  ];
}
