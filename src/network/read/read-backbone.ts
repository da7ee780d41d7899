import type { BackboneInfo } from '../../core/backbone.ts';
import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import { isOnePixel, poolFeatures, type Network } from '../network.ts';
import { readGraph } from './graph-topology.ts';
import { importNetwork } from './import-network.ts';
import { featureLayerOf, readLayers } from './layers-topology.ts';
import type { ModelParts } from './model-parts.ts';

/** A backbone in memory, before it is on any device. */
export interface FoundModel {
  readonly parts: ModelParts;
  readonly hints: RangeHints;
  readonly identity: Pick<BackboneInfo, 'id' | 'name' | 'kind' | 'sha256' | 'bytes' | 'source'>;
}

/** What a model's topology tells of it as a backbone. */
export interface BackboneReading {
  readonly inputSidePx: number;
  readonly inputRange: InputRange;
  /** The node that takes the pictures; of a layers model ''. */
  readonly input: string;
  /** Layers or nodes whose output may be the features, the best guess first. */
  readonly featureLayers: readonly string[];
  /** Of the MobileNet whose node names TF Hub's releases have, else null. */
  readonly mobilenetVersion: 1 | 2 | null;
}

/**
 * @param file the name to show in a problem.
 * @returns a problem where its input isn't a picture's, or what range it wants can't be known.
 */
export function readBackbone(
  file: string,
  { json }: Pick<ModelParts, 'json'>,
  hints: RangeHints,
): Result<BackboneReading> {
  if (json.kind === 'graph-model') {
    const facts = readGraph(json);
    if (facts === null) {
      return failed({ code: 'model-input-unsupported', file, shape: 'none or several inputs' });
    }
    const { input, inputShape, featureNodes, mobilenetVersion } = facts;
    const resolved = resolveInput(file, inputShape, {
      ...hints,
      ownScaling: facts.fromHub ? [0, 1] : null,
      isMobilenet: hints.isMobilenet || mobilenetVersion !== null,
    });
    if (!resolved.ok) return resolved;
    return ok({ ...resolved.value, input, featureLayers: featureNodes, mobilenetVersion });
  }
  const facts = readLayers(json);
  if (facts === null) return failed({ code: 'model-json-invalid', file, reason: 'no layers' });
  const resolved = resolveInput(file, facts.inputShape, {
    ...hints,
    ownScaling: facts.ownScaling,
    isMobilenet: hints.isMobilenet || facts.isMobilenet,
  });
  if (!resolved.ok) return resolved;
  const featureLayer = featureLayerOf(facts);
  const featureLayers = featureLayer === null ? [] : [featureLayer];
  return ok({ ...resolved.value, input: '', featureLayers, mobilenetVersion: null });
}

/** The backbone as a network from scaled pixels to its embedding. */
export interface BackboneNetwork {
  readonly network: Network;
  readonly featureLayer: string;
}

/** @returns a problem that names the layer or node that has no equal, or none where there is nothing to read. */
export function readNetwork(
  parts: ModelParts,
  { inputSidePx, featureLayers }: Pick<BackboneReading, 'inputSidePx' | 'featureLayers'>,
): Result<BackboneNetwork> {
  let first: Result<never> | null = null;
  for (const featureLayer of featureLayers) {
    const read = importNetwork(parts, { inputSidePx, output: featureLayer });
    if (!read.ok) {
      first ??= read;
      continue;
    }
    // A graph's last pooling may be one on the way; a layers model's output may be its last feature map.
    const isWhole =
      parts.json.kind === 'layers-model' || isOnePixel(read.value.steps.at(-1)?.shape ?? []);
    if (isWhole) return ok({ network: poolFeatures(read.value), featureLayer });
  }
  return (
    first ??
    failed({
      code: 'model-not-translatable',
      layer: featureLayers[0] ?? '',
      operation: '',
      reason: 'no pooled features',
    })
  );
}

/** Where an input range may be known from, besides the graph. */
export interface RangeHints {
  /** What a person said; goes before everything. */
  readonly asked: InputRange | null;
  /** What the catalogue says of the hosting that it came from. */
  readonly hosting: InputRange | null;
  /** Going by its id or its own name. */
  readonly isMobilenet: boolean;
}

/** The same, with what the model itself tells. */
interface ShapeHints extends RangeHints {
  /** What its own first layers scale from, where they do. */
  readonly ownScaling: InputRange | null;
}

/** Where a convolutional network leaves its input's side open, it was made for this. */
const USUAL_SIDE_PX = 224;
/** A wider input would take gigabytes for a batch. */
const MAX_SIDE_PX = 1024;

/**
 * A backbone's input: square RGB images, height and width before channels.
 *
 * @param shape [batch, height, width, channels], −1 for an open one.
 */
function resolveInput(
  file: string,
  shape: readonly number[] | null,
  hints: ShapeHints,
): Result<Pick<BackboneReading, 'inputSidePx' | 'inputRange'>> {
  const [, height = -1, width = -1, channels = -1] = shape ?? [];
  const side = height === -1 ? (width === -1 ? USUAL_SIDE_PX : width) : height;
  const square = width === -1 || width === side;
  const colours = channels === -1 || channels === 3;
  if ((shape !== null && shape.length !== 4) || !square || !colours || !isSide(side)) {
    const words = (shape ?? []).map((length) => (length === -1 ? '?' : String(length))).join('×');
    return failed({ code: 'model-input-unsupported', file, shape: words });
  }
  const range = knownRange(hints);
  if (range === null) return failed({ code: 'model-range-unknown', file });
  return ok({ inputSidePx: side, inputRange: range });
}

/**
 * A model that scales its input itself (TF Hub's from [0, 1], Keras's Rescaling
 * from [0, 255]) tells; MobileNets from elsewhere want [−1, 1]; of others it
 * can't be known.
 */
function knownRange(hints: ShapeHints): InputRange | null {
  if (hints.asked !== null) return hints.asked;
  return hints.ownScaling ?? hints.hosting ?? (hints.isMobilenet ? [-1, 1] : null);
}

function isSide(side: number): boolean {
  return Number.isInteger(side) && side > 0 && side <= MAX_SIDE_PX;
}
