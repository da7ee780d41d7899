/** Layers models by TF.js's own layers. */
import * as tfl from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelParts } from '../read/model-parts.ts';
import type { BackboneReading } from '../read/read-backbone.ts';
import { asIoHandler, computed, flattenPooled, scaleTo, type LibraryModel } from './conversions.ts';

/** Layers that come after the features. */
const CLASSIFIERS: ReadonlySet<string> = new Set(['Dense']);
const CONVOLUTIONS = /conv/iu;

/**
 * Any layers model up to its features, by TF.js's own layers: the last global
 * pooling; else the output, if it still has height and width; else what goes
 * into the last dense layer. What still has height and width is averaged.
 *
 * @returns null where there are no features to be found.
 */
export async function loadLayers(
  parts: ModelParts,
  { inputRange }: Pick<BackboneReading, 'inputRange'>,
): Promise<LibraryModel | null> {
  const whole = await tfl.loadLayersModel(asIoHandler(parts));
  const features = findFeatures(whole);
  if (features === null) {
    whole.dispose();
    return null;
  }
  const cut = tfl.model({ inputs: whole.inputs, outputs: features });
  return {
    featureLayer: features.sourceLayer.name,
    embed: (pixels) =>
      tf.tidy(() => {
        const output = cut.predictOnBatch(scaleTo(inputRange, pixels)) as tf.Tensor;
        return flattenPooled(output.rank === 4 ? tf.mean(output, [1, 2]) : output);
      }),
    // Both hold the same layers, and those don't count who holds them.
    dispose: () => {
      whole.dispose();
    },
  };
}

export const TFJS_VERSION = tf.version_core;

/** A whole classifier as TF.js alone would run it. */
export interface WholeModel {
  /** @param values of one picture, [side, side, 3], as the model's input takes them. */
  readonly run: (values: Float32Array, sidePx: number) => Promise<Float32Array>;
  readonly dispose: () => void;
}

/** @throws where TF.js doesn't take it. */
export async function loadWhole(parts: ModelParts): Promise<WholeModel> {
  const model = await tfl.loadLayersModel(asIoHandler(parts));
  return {
    run: (values, sidePx) =>
      computed(
        () => model.predict(tf.tensor4d(values, [1, sidePx, sidePx, 3])) as tf.Tensor,
        async (answer) => Float32Array.from(await answer.data()),
      ),
    dispose: () => {
      model.dispose();
    },
  };
}

function findFeatures({ layers, outputs }: tfl.LayersModel): tfl.SymbolicTensor | null {
  const pooling = layers.findLast((layer) => layer.getClassName().startsWith('Global'));
  if (pooling !== undefined) return single(pooling.output);
  const [output] = outputs;
  if (output?.shape.length === 4) return output;
  const classifier = layers.findLast(isClassifier);
  return classifier === undefined ? null : single(classifier.input);
}

/** A dense layer, or a nested model of them as Teachable Machine writes it. */
function isClassifier(layer: tfl.layers.Layer): boolean {
  if (!(layer instanceof tfl.LayersModel)) return CLASSIFIERS.has(layer.getClassName());
  const names = layer.layers.map((inner) => inner.getClassName());
  return (
    names.some((name) => CLASSIFIERS.has(name)) && !names.some((name) => CONVOLUTIONS.test(name))
  );
}

function single(tensor: tfl.SymbolicTensor | tfl.SymbolicTensor[]): tfl.SymbolicTensor | null {
  return Array.isArray(tensor) ? (tensor[0] ?? null) : tensor;
}
