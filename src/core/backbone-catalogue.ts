import type { InputRange } from './preprocess.ts';

/** Where a backbone's model.json can be fetched from. */
export interface Hosting {
  /** Of the model.json; the weights lie beside it. */
  readonly url: string;
  /** What this very file wants its pixels scaled to: it differs between hostings of one network. */
  readonly inputRange: InputRange;
}

export interface CatalogueBackbone {
  readonly id: string;
  /** Shown to a person. */
  readonly name: string;
  readonly inputSidePx: number;
  /** Of the first hosting; the loaded file's own format decides. */
  readonly kind: 'graph-model' | 'layers-model';
  readonly embeddingLength: number;
  /** Of the first hosting's weights; null where not known. */
  readonly approxBytes: number | null;
  /**
   * What the copy on the app's own origin wants; null where somebody else puts it there, from
   * whichever hosting.
   */
  readonly ownRange: InputRange | null;
  /** In the order to try, after the app's own origin. */
  readonly hostings: readonly Hosting[];
}

/** What an id says. */
export interface BackboneName {
  readonly version: 1 | 2;
  /** Width multiplier: the share of the full network's channels. */
  readonly alpha: number;
  readonly inputSidePx: number;
  /** Without its classifier layer. */
  readonly noTop: boolean;
  readonly name: string;
}

const BUCKET = 'https://storage.googleapis.com';
const SIGNED: InputRange = [-1, 1];
const UNIT: InputRange = [0, 1];

/**
 * The default of `@tensorflow-models/mobilenet` (its MODEL_INFO): a redirect
 * that has answered 403 or failed CORS for days at a time, therefore last.
 */
function hub(version: 1 | 2, alphaPercent: string): Hosting {
  const release = version === 1 ? '1' : '2';
  const path = `mobilenet_v${String(version)}_${alphaPercent}_224/classification/${release}`;
  return {
    url: `https://tfhub.dev/google/imagenet/${path}/model.json?tfjs-format=file`,
    inputRange: UNIT,
  };
}

/** A plain storage bucket: Keras-style layers models of MobileNetV1. */
function version1Bucket(alpha: string): Hosting {
  return {
    url: `${BUCKET}/tfjs-models/tfjs/mobilenet_v1_${alpha}_224/model.json`,
    inputRange: SIGNED,
  };
}

/** Common to all MobileNets that are offered. */
const COMMON = { inputSidePx: 224, ownRange: null } as const;

/**
 * The app's own backbone, a part of the site: always there, at once. How it was made stands
 * in its model card, `static/models/<id>/README.md`. Another version gets another id, so that
 * a classifier fitted on this one finds it in the browser's cache.
 */
export const BUILT_IN: CatalogueBackbone = {
  id: 'headstart-small-1',
  name: 'Simple built-in features',
  inputSidePx: 64,
  kind: 'graph-model',
  embeddingLength: 2944,
  approxBytes: 1_310_000,
  ownRange: SIGNED,
  hostings: [],
};

/**
 * The backbones that are offered, the default first, the built-in one last.
 *
 * MobileNetV2 keeps 1,280 pooled features at every α up to 1; MobileNetV1 has
 * 1,024 · α. Sizes are the parameters of the papers (A. Howard et al. 2017,
 * M. Sandler et al. 2018) at 4 bytes each.
 */
export const BACKBONES: readonly [CatalogueBackbone, ...CatalogueBackbone[]] = [
  {
    ...COMMON,
    id: 'mobilenet_v2_1.0_224',
    name: 'MobileNetV2 1.0',
    kind: 'graph-model',
    embeddingLength: 1280,
    approxBytes: 14_000_000,
    hostings: [
      {
        url: `${BUCKET}/tfjs-models/savedmodel/mobilenet_v2_1.0_224/model.json`,
        inputRange: SIGNED,
      },
      hub(2, '100'),
    ],
  },
  {
    ...COMMON,
    id: 'mobilenet_v2_0.75_224',
    name: 'MobileNetV2 0.75',
    kind: 'graph-model',
    embeddingLength: 1280,
    approxBytes: 10_500_000,
    hostings: [hub(2, '075')],
  },
  {
    ...COMMON,
    id: 'mobilenet_v2_0.5_224',
    name: 'MobileNetV2 0.5',
    kind: 'graph-model',
    embeddingLength: 1280,
    approxBytes: 7_800_000,
    hostings: [hub(2, '050')],
  },
  {
    ...COMMON,
    id: 'mobilenet_v2_0.35_224_no_top',
    name: 'MobileNetV2 0.35',
    kind: 'layers-model',
    embeddingLength: 1280,
    approxBytes: 1_640_832,
    hostings: [
      {
        url: `${BUCKET}/teachable-machine-models/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top/model.json`,
        inputRange: SIGNED,
      },
    ],
  },
  {
    ...COMMON,
    id: 'mobilenet_v1_1.0_224',
    name: 'MobileNetV1 1.0',
    kind: 'layers-model',
    embeddingLength: 1024,
    approxBytes: 16_900_000,
    hostings: [version1Bucket('1.0'), hub(1, '100')],
  },
  {
    ...COMMON,
    id: 'mobilenet_v1_0.75_224',
    name: 'MobileNetV1 0.75',
    kind: 'layers-model',
    embeddingLength: 768,
    approxBytes: 10_300_000,
    hostings: [version1Bucket('0.75'), hub(1, '075')],
  },
  {
    ...COMMON,
    id: 'mobilenet_v1_0.5_224',
    name: 'MobileNetV1 0.5',
    kind: 'layers-model',
    embeddingLength: 512,
    approxBytes: 5_300_000,
    hostings: [version1Bucket('0.50'), hub(1, '050')],
  },
  {
    ...COMMON,
    id: 'mobilenet_v1_0.25_224',
    name: 'MobileNetV1 0.25',
    kind: 'layers-model',
    embeddingLength: 256,
    approxBytes: 1_900_000,
    hostings: [version1Bucket('0.25'), hub(1, '025')],
  },
  BUILT_IN,
];

/** The catalogue's backbone of this id, if there is one. */
export function findBackbone(id: string): CatalogueBackbone | undefined {
  return BACKBONES.find((backbone) => backbone.id === id);
}

const ID = /^mobilenet_v(?<version>[12])_(?<alpha>\d\.\d{1,2})_(?<side>\d{2,3})(?<top>_no_top)?$/u;

/**
 * Reads what an id says, of backbones outside the catalogue too: a self-hosted
 * folder may be called `mobilenet_v1_0.25_128`. Null for any other name.
 */
export function parseBackboneId(id: string): BackboneName | null {
  const groups = ID.exec(id)?.groups;
  if (groups === undefined) return null;
  const { version, alpha, side, top } = groups;
  return {
    version: version === '1' ? 1 : 2,
    alpha: Number(alpha),
    inputSidePx: Number(side),
    noTop: top !== undefined,
    name: `MobileNetV${version ?? ''} ${alpha ?? ''}`,
  };
}
