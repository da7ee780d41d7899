import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { load as loadMobilenet, type MobileNet } from '@tensorflow-models/mobilenet';
import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import type { Backbone } from '../backbone.ts';
import { flattenPooled, lengthOf, NotPooled, scaleTo } from './conversions.ts';
import { readGraph, type GraphFacts } from '../read/graph-topology.ts';
import { resolveInput, type RangeHints } from '../read/read-backbone.ts';
import type { ModelParts } from '../read/model-parts.ts';
import { asIoHandler } from './io-handler.ts';

/** The side that `@tensorflow-models/mobilenet` resizes everything to. */
const PACKAGE_SIDE_PX = 224;

/**
 * A graph model as a backbone: a MobileNet with TF Hub's node names at 224
 * pixels through its own package, any other up to its pooled features.
 *
 * @param file the name to show in a problem.
 */
export async function loadGraphBackbone(
  file: string,
  parts: ModelParts,
  hints: RangeHints,
): Promise<Result<Backbone>> {
  const facts = readGraph(parts.json);
  if (facts === null) {
    return failed({ code: 'model-input-unsupported', file, shape: 'none or several inputs' });
  }
  const input = resolveInput(file, facts.inputShape, {
    ...hints,
    ownScaling: facts.fromHub ? [0, 1] : null,
    isMobilenet: hints.isMobilenet || facts.mobilenetVersion !== null,
  });
  if (!input.ok) return input;
  const { sidePx, range } = input.value;
  try {
    if (facts.mobilenetVersion !== null && sidePx === PACKAGE_SIDE_PX) {
      return ok(await throughPackage(parts, facts.mobilenetVersion, facts, range));
    }
    return await throughGraph(file, parts, facts, sidePx, range);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed({ code: 'model-json-invalid', file, reason });
  }
}

async function throughPackage(
  parts: ModelParts,
  version: 1 | 2,
  facts: GraphFacts,
  inputRange: InputRange,
): Promise<Backbone> {
  const network = await loadMobilenet({
    version,
    alpha: 1,
    modelUrl: asIoHandler(parts),
    inputRange: [...inputRange],
  });
  const embed = (pixels: tf.Tensor4D) => network.infer(pixels, true) as tf.Tensor2D;
  const graph = graphOf(network);
  try {
    return {
      shape: {
        inputSidePx: PACKAGE_SIDE_PX,
        inputRange,
        embeddingLength: lengthOf(embed, PACKAGE_SIDE_PX),
        featureLayer: facts.featureNodes[0] ?? '',
      },
      embed,
      dispose: () => {
        graph.dispose();
      },
    };
  } catch (error) {
    graph.dispose();
    throw error;
  }
}

/** The package has no way to dispose of its weights; its field `model` isn't in its types. */
function graphOf(network: MobileNet): GraphModel {
  return (network as MobileNet & { readonly model: GraphModel }).model;
}

async function throughGraph(
  file: string,
  parts: ModelParts,
  facts: GraphFacts,
  sidePx: number,
  range: InputRange,
): Promise<Result<Backbone>> {
  const graph = await loadGraphModel(asIoHandler(parts));
  for (const featureLayer of facts.featureNodes) {
    const embed = (pixels: tf.Tensor4D) =>
      tf.tidy(() => {
        const features = graph.execute({ [facts.input]: scaleTo(range, pixels) }, featureLayer);
        return flattenPooled(features as tf.Tensor);
      });
    const embeddingLength = lengthOrNull(embed, sidePx);
    if (embeddingLength === null) continue;
    const shape = { inputSidePx: sidePx, inputRange: range, embeddingLength, featureLayer };
    return ok({
      shape,
      embed,
      dispose: () => {
        graph.dispose();
      },
    });
  }
  graph.dispose();
  return failed({ code: 'model-no-features', file });
}

/** Null where the output isn't pooled features; other errors mean a broken model. */
function lengthOrNull(embed: (pixels: tf.Tensor4D) => tf.Tensor2D, sidePx: number): number | null {
  try {
    return lengthOf(embed, sidePx);
  } catch (error) {
    if (error instanceof NotPooled) return null;
    throw error;
  }
}
