import * as tf from '@tensorflow/tfjs-core';
import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import { importNetwork } from '../read/import-network.ts';
import { featureLayerOf, readLayers } from '../read/layers-topology.ts';
import type { ModelParts } from '../read/model-parts.ts';
import { poolFeatures } from '../network.ts';
import type { Backbone, FeatureRunner } from '../backbone.ts';
import { lengthOf, scaleTo } from './conversions.ts';
import { resolveInput, type RangeHints } from '../read/read-backbone.ts';
import { createNetworkRunner } from './tfjs-network.ts';

/**
 * A layers model as a backbone: folded where every layer on the way to its
 * features is known here, else by TF.js's own layers.
 *
 * @param file the name to show in a problem.
 */
export async function loadLayersBackbone(
  file: string,
  parts: ModelParts,
  hints: RangeHints,
): Promise<Result<Backbone>> {
  const facts = readLayers(parts.json);
  if (facts === null) {
    return failed({ code: 'model-json-invalid', file, reason: 'no layers' });
  }
  const input = resolveInput(file, facts.inputShape, {
    ...hints,
    ownScaling: facts.ownScaling,
    isMobilenet: hints.isMobilenet || facts.isMobilenet,
  });
  if (!input.ok) return input;
  const { sidePx, range } = input.value;
  try {
    const featureLayer = featureLayerOf(facts);
    const folded = importNetwork(parts, { inputSidePx: sidePx, output: featureLayer });
    if (featureLayer !== null && folded.ok) {
      const runner = createNetworkRunner(poolFeatures(folded.value));
      return ok(createBackbone(runner, sidePx, range, featureLayer));
    }
    const { createLayersRunner } = await import('./layers-library.ts');
    const found = await createLayersRunner(parts);
    if (found === null) return failed({ code: 'model-no-features', file });
    return ok(createBackbone(found.runner, sidePx, range, found.featureLayer));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed({ code: 'model-json-invalid', file, reason });
  }
}

/** @throws where the network doesn't run; its weights are gone then. */
function createBackbone(
  runner: FeatureRunner,
  inputSidePx: number,
  inputRange: InputRange,
  featureLayer: string,
): Backbone {
  const embed = (pixels: tf.Tensor4D) => tf.tidy(() => runner.run(scaleTo(inputRange, pixels)));
  try {
    const embeddingLength = lengthOf(embed, inputSidePx);
    return {
      shape: { inputSidePx, inputRange, embeddingLength, featureLayer },
      embed,
      dispose: () => {
        runner.dispose();
      },
    };
  } catch (error) {
    runner.dispose();
    throw error;
  }
}
