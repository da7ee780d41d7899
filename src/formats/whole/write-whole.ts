import type { ModelFile } from '../../core/backbone.ts';
import type { WeightPrecision, WholeFormat } from '../../core/export-format.ts';
import { failed, NotFetched, ok, type Result } from '../../core/problem.ts';
import type { ExportedClassifier } from '../contract.ts';
import {
  classifierNetwork,
  scalingOfLevels,
  scalingOfTeachableMachine,
} from '../../network/classifier-network.ts';
import { importNetwork } from '../../network/read/import-network.ts';
import { parseModelJson, type ModelParts } from '../../network/read/model-parts.ts';
import type { Network, StepStatistics } from '../../network/network.ts';
import { kerasLayers } from '../layers/keras-layers.ts';
import { labelsFile, textFile } from '../text-file.ts';
import type { TflitePrecision } from '../tflite/write-tflite.ts';
import { describeWhole } from './whole-readme.ts';

/** What a whole classifier is written as. */
export interface WholeOptions {
  readonly format: WholeFormat;
  readonly precision: WeightPrecision;
  /** What writes it, such as "Headstart 0.1.0". */
  readonly app: string;
}

/** Finds what each step of a classifier gives to typical pictures. */
export type Calibrate = (network: Network) => Promise<readonly StepStatistics[]>;

/**
 * The files of a classifier in one format, picture in and probabilities out. Each writer is loaded
 * when it is asked for.
 *
 * @param calibrate for int8, which needs it.
 * @returns a problem that names the layer where the backbone can't be translated, or what couldn't be
 *   fetched.
 */
export async function writeWhole(
  source: ExportedClassifier,
  options: WholeOptions,
  calibrate?: Calibrate,
): Promise<Result<readonly ModelFile[]>> {
  const read = readBackbone(source);
  if (!read.ok) return read;
  const scalingOf = options.format === 'tfjs' ? scalingOfTeachableMachine : scalingOfLevels;
  const scaling = scalingOf(source.backbone.inputRange);
  const network = classifierNetwork(read.value, source.head, scaling);
  const labels = source.classes.map(({ label }) => label);
  try {
    return ok([
      ...(await writeModel(network, source, labels, options, calibrate)),
      labelsFile(labels),
      textFile('README.txt', describeWhole(source, options, options.app)),
    ]);
  } catch (error) {
    if (!(error instanceof NotFetched)) throw error;
    return failed({ code: 'part-not-fetched', part: error.part });
  }
}

async function writeModel(
  network: Network,
  { fittedAtMillis: createdAtMillis, backbone, crop }: ExportedClassifier,
  labels: readonly string[],
  { format, precision, app }: WholeOptions,
  calibrate?: Calibrate,
): Promise<readonly ModelFile[]> {
  switch (format) {
    case 'tfjs': {
      const { writeTeachable } = await import('../teachable/write-teachable.ts');
      if (precision === 'int8') throw new Error('no TF.js file of int8');
      return writeTeachable(network, { app, labels, crop, createdAtMillis, precision });
    }
    case 'tflite': {
      const { writeTfliteClassifier } = await import('../tflite/write-classifier.ts');
      const about = { name: 'classifier', description: `Made with ${app}`, labels };
      const bytes = await writeTfliteClassifier(network, about, {
        batch: 1,
        ...(await tflitePrecision(precision, network, calibrate)),
      });
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

/** @throws where int8 can't be calibrated. */
async function tflitePrecision(
  precision: WeightPrecision,
  network: Network,
  calibrate?: Calibrate,
): Promise<TflitePrecision> {
  if (precision === 'uint8') throw new Error('no TFLite file of uint8');
  if (precision !== 'int8') return { precision };
  if (calibrate === undefined) throw new Error('int8 without a calibration');
  return { precision, statistics: await calibrate(network) };
}

/** The backbone as a network up to its features, which may still have height and width. */
export function readBackbone(source: ExportedClassifier): Result<Network> {
  const parts = partsOf(source);
  if (!parts.ok) return parts;
  const { inputSidePx, featureLayer } = source.backbone;
  return importNetwork(parts.value, { inputSidePx, output: featureLayer });
}

function partsOf({ backboneFiles: files }: ExportedClassifier): Result<ModelParts> {
  const [main] = files;
  if (main === undefined) throw new Error('a backbone without files');
  const json = parseModelJson(main.name, main.bytes);
  return json.ok ? ok({ json: json.value, files }) : json;
}
