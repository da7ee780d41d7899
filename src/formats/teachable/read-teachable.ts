import type { DenseLayer } from '../../core/head.ts';
import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import type { ImportedClassifier } from '../contract.ts';
import { findFile, readText, type ExportFiles, ShapeError } from '../field.ts';
import { kerasLayers } from '../layers/keras-layers.ts';
import { writeLayersModel } from '../layers/write-layers-model.ts';
import { METADATA_FILE } from '../metadata.ts';
import { importNetwork } from '../../network/read/import-network.ts';
import { readLayers } from '../../network/read/layers-topology.ts';
import { type ModelParts, readModelFiles } from '../../network/read/model-parts.ts';
import { HEAD_FILE } from '../tfjs-layers.ts';
import { splitClassifier } from './split-classifier.ts';
import { parseTeachableMetadata } from './teachable-metadata.ts';

/** Teachable Machine scales levels from 0 to 255 by `level / 127 − 1` (its library's utils/tf.ts). */
export const TEACHABLE_RANGE: InputRange = [-1, 255 / 127 - 1];

/** For the layers that become a backbone of their own. */
const WRITER = 'Headstart';
/** A wider input would take gigabytes for a batch. */
const MAX_SIDE_PX = 1024;

/**
 * Reads a classifier in Teachable Machine's layout: one layers model from picture to probabilities,
 * taken apart into what makes the embedding and the dense layers on it. The embedding's part is
 * written anew, with batch norms folded into convolutions.
 *
 * @returns `classifier-invalid` with the reason, or `model-not-translatable` with the layer.
 */
export async function readTeachable(files: ExportFiles): Promise<Result<ImportedClassifier>> {
  try {
    const metadata = parseTeachableMetadata(await readText(files, METADATA_FILE));
    const parts = await readModelFiles(modelFiles(files));
    if (!parts.ok) return parts;
    const whole = importNetwork(parts.value, { inputSidePx: sideOf(parts.value), output: null });
    if (!whole.ok) return whole;
    const { backbone, layers, embeddingLength } = splitClassifier(whole.value);
    const { labels, crop, createdAtMillis } = metadata;
    checkLabels(labels, layers);
    const classes = labels.map((label, index) => ({ id: `class-${String(index)}`, label }));
    const written = writeLayersModel(kerasLayers(backbone), { app: WRITER, precision: 'float32' });
    return ok({
      head: { embeddingLength, layers, classIds: classes.map(({ id }) => id) },
      classes,
      // The model's own name in the app.
      backboneFiles: written.map(
        ({ name, bytes }) =>
          new File([bytes], name === HEAD_FILE ? 'Teachable Machine.json' : name),
      ),
      backboneSha256: null,
      inputRange: TEACHABLE_RANGE,
      crop,
      validation: null,
      test: null,
      fittedAtMillis: createdAtMillis ?? findFile(files, METADATA_FILE).lastModified,
    });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return failed({ code: 'classifier-invalid', file: error.file, reason: error.message });
  }
}

function checkLabels(labels: readonly string[], layers: readonly DenseLayer[]): void {
  const outputs = layers.at(-1)?.units ?? 0;
  if (outputs !== labels.length) {
    throw new ShapeError(
      METADATA_FILE,
      `it has ${String(labels.length)} labels for the model’s ${String(outputs)} outputs`,
    );
  }
}

/** The three files lie beside each other. */
function modelFiles(files: ExportFiles): File[] {
  return [...files].flatMap(([name, file]) =>
    name.includes('/') || name === METADATA_FILE ? [] : [file],
  );
}

function sideOf({ json }: ModelParts): number {
  const [, height, width, channels] = readLayers(json)?.inputShape ?? [];
  const fits = height !== undefined && height > 0 && height <= MAX_SIDE_PX;
  if (!fits || height !== width || channels !== 3)
    throw new ShapeError(HEAD_FILE, 'its input is no square picture of three colours');
  return height;
}
