/** Graph models by the libraries that TF.js has for them. */
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { load as loadMobilenet, type MobileNet } from '@tensorflow-models/mobilenet';
import type { ModelParts } from '../read/model-parts.ts';
import type { BackboneReading } from '../read/read-backbone.ts';
import {
  asIoHandler,
  flattenPooled,
  NotPooled,
  scaleTo,
  type LibraryModel,
} from './conversions.ts';

/** A MobileNet with TF Hub's node names at 224 pixels, by its own package. */
export async function loadPackage(
  parts: ModelParts,
  version: 1 | 2,
  { inputRange, featureLayers }: BackboneReading,
): Promise<LibraryModel> {
  const network = await loadMobilenet({
    version,
    alpha: 1,
    modelUrl: asIoHandler(parts),
    inputRange: [...inputRange],
  });
  const graph = graphOf(network);
  return {
    featureLayer: featureLayers[0] ?? '',
    embed: (pixels) => network.infer(pixels, true) as tf.Tensor2D,
    dispose: () => {
      graph.dispose();
    },
  };
}

/** The package has no way to dispose of its weights; its field `model` isn't in its types. */
function graphOf(network: MobileNet): GraphModel {
  return (network as MobileNet & { readonly model: GraphModel }).model;
}

/** Any graph model by TF.js's converter. @returns null where it gives no pooled features. */
export async function loadGraph(
  parts: ModelParts,
  { input, inputSidePx, inputRange, featureLayers }: BackboneReading,
): Promise<LibraryModel | null> {
  const graph = await loadGraphModel(asIoHandler(parts));
  for (const featureLayer of featureLayers) {
    const embed = (pixels: tf.Tensor4D) =>
      tf.tidy(() => {
        const features = graph.execute({ [input]: scaleTo(inputRange, pixels) }, featureLayer);
        return flattenPooled(features as tf.Tensor);
      });
    if (!givesPooled(embed, inputSidePx)) continue;
    return {
      featureLayer,
      embed,
      dispose: () => {
        graph.dispose();
      },
    };
  }
  graph.dispose();
  return null;
}

/** Other errors mean a broken model. */
function givesPooled(embed: (pixels: tf.Tensor4D) => tf.Tensor2D, sidePx: number): boolean {
  try {
    tf.tidy(() => embed(tf.zeros([1, sidePx, sidePx, 3])));
    return true;
  } catch (error) {
    if (error instanceof NotPooled) return false;
    throw error;
  }
}
