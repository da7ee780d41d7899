import type { ModelFile } from '../../core/backbone.ts';
import type { WeightPrecision } from '../../core/export-format.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { ClassifierSource } from '../contract.ts';
import {
  classifierNetwork,
  scalingOfLevels,
  scalingOfTeachableMachine,
} from '../network/classifier-network.ts';
import { importNetwork } from '../network/import-network.ts';
import { parseModelJson, type ModelParts } from '../network/model-parts.ts';
import type { Network } from '../network/network.ts';
import { kerasLayers } from '../layers/keras-layers.ts';
import { labelsFile, textFile } from '../text-file.ts';
import type { WholeFormat } from './whole-format.ts';
import { describeWhole } from './whole-readme.ts';

/** What a whole classifier is written as. */
export interface WholeOptions {
  readonly format: WholeFormat;
  readonly precision: WeightPrecision;
  /** What writes it, such as "Headstart 0.1.0". */
  readonly app: string;
}

/**
 * The files of a classifier in one format, picture in and probabilities out. Each writer is loaded
 * when it is asked for.
 *
 * @returns a problem that names the layer where the backbone can't be translated.
 */
export async function writeWhole(
  source: ClassifierSource,
  options: WholeOptions,
): Promise<Result<readonly ModelFile[]>> {
  const { inputRange } = source.backbone;
  const read = readBackbone(source);
  if (!read.ok) return read;
  const scalingOf = options.format === 'tfjs' ? scalingOfTeachableMachine : scalingOfLevels;
  const network = classifierNetwork(read.value, source.head, scalingOf(inputRange));
  const labels = source.classes.map(({ label }) => label);
  return ok([
    ...(await writeModel(network, source, labels, options)),
    labelsFile(labels),
    textFile('README.txt', describeWhole(source, options, options.app)),
  ]);
}

async function writeModel(
  network: Network,
  { createdAtMillis, backbone, crop }: ClassifierSource,
  labels: readonly string[],
  { format, precision, app }: WholeOptions,
): Promise<readonly ModelFile[]> {
  switch (format) {
    case 'tfjs': {
      const { writeTeachable } = await import('../teachable/write-teachable.ts');
      return writeTeachable(network, { app, labels, createdAtMillis, precision });
    }
    case 'tflite': {
      const { writeTfliteClassifier } = await import('../tflite/write-classifier.ts');
      if (precision === 'uint8') throw new Error('no TFLite file of uint8');
      const about = { name: 'classifier', description: `Made with ${app}`, labels };
      const bytes = await writeTfliteClassifier(network, about, { batch: 1, precision });
      return [{ name: 'model.tflite', bytes }];
    }
    case 'keras': {
      const { writeKeras } = await import('../keras/write-keras.ts');
      const { writeKerasH5 } = await import('../keras/write-keras-h5.ts');
      const layers = kerasLayers(network);
      return [
        { name: 'model.keras', bytes: await writeKeras(layers, { app }) },
        { name: 'model.h5', bytes: await writeKerasH5(layers, { app }) },
      ];
    }
    case 'pytorch': {
      const { writePytorch } = await import('../pytorch/write-pytorch.ts');
      const { inputSidePx } = backbone;
      return writePytorch(network, { app, labels, inputSidePx, crop });
    }
    case 'onnx': {
      const { writeOnnx } = await import('../onnx/write-onnx.ts');
      return [{ name: 'model.onnx', bytes: writeOnnx(network) }];
    }
  }
}

/** The backbone as a network up to its features, which may still have height and width. */
export function readBackbone(source: ClassifierSource): Result<Network> {
  const parts = partsOf(source);
  if (!parts.ok) return parts;
  const { inputSidePx, featureLayer } = source.backbone;
  return importNetwork(parts.value, { inputSidePx, output: featureLayer });
}

function partsOf({ backboneFiles: files }: ClassifierSource): Result<ModelParts> {
  const [main] = files;
  if (main === undefined) throw new Error('a backbone without files');
  const json = parseModelJson(main.name, main.bytes);
  return json.ok ? ok({ json: json.value, files }) : json;
}
