import type { DenseLayer } from '../../core/head.ts';
import { ShapeError } from '../field.ts';
import {
  onlyUsers,
  poolFeatures,
  type Network,
  type Step,
  type WeightedStep,
} from '../../network/network.ts';
import { HEAD_FILE } from '../tfjs-layers.ts';

/** A whole classifier in two. */
export interface SplitClassifier {
  /** From the picture to one row of features: the embedding. */
  readonly backbone: Network;
  readonly embeddingLength: number;
  /** From the embedding to probabilities. */
  readonly layers: readonly DenseLayer[];
}

/**
 * Cuts a classifier where its last dense layers begin.
 *
 * @throws ShapeError where it doesn't end in dense layers and a softmax, or where something lies
 * between its pooled features and these.
 */
export function splitClassifier({ steps }: Network): SplitClassifier {
  const last = steps.at(-1);
  if (last?.kind !== 'softmax') throw noClassifier('its last layer is no softmax');
  const users = onlyUsers(steps);
  // The last one first.
  const layers: DenseLayer[] = [];
  let end = steps.length - 1;
  const before = () => (users[end - 1] === steps[end] ? steps[end - 1] : undefined);
  for (let step = before(); isHeadLayer(step, layers); step = before()) {
    layers.push({
      units: step.bias.length,
      kernel: Float32Array.from(step.kernel),
      bias: Float32Array.from(step.bias),
      activation: layers.length === 0 ? 'softmax' : 'relu',
    });
    end -= 1;
  }
  const backbone = poolFeatures({ steps: steps.slice(0, end) });
  const features = backbone.steps.at(-1);
  if (layers.length === 0 || features === undefined)
    throw noClassifier('there is no dense layer before its softmax');
  const pools = backbone.steps.findLastIndex(({ kind }) => kind === 'global-average');
  if (pools !== -1 && pools !== backbone.steps.length - 1)
    throw noClassifier(`"${features.name}" lies between its pooled features and its dense layers`);
  return { backbone, embeddingLength: features.shape[0] ?? 0, layers: layers.reverse() };
}

/** The one that the softmax follows has no activation of its own, the hidden ones have a relu. */
function isHeadLayer(
  step: Step | undefined,
  found: readonly DenseLayer[],
): step is WeightedStep & { readonly kind: 'dense' } {
  return step?.kind === 'dense' && step.activation === (found.length === 0 ? 'none' : 'relu');
}

function noClassifier(reason: string): ShapeError {
  return new ShapeError(HEAD_FILE, reason);
}
