/**
 * A graph model of MobileNet's shape with seeded weights, small enough for
 * software renderers: what tests use where there are no real weights. With the
 * default names at 224 pixels `@tensorflow-models/mobilenet` loads it.
 */
import { createGraphWriter } from './graph-writer.ts';
import type { GeneratedFile } from './model-writer.ts';

export interface TinyMobilenetOptions {
  readonly seed?: number;
  readonly sidePx?: number;
  /** Whose node names it has; null for names that tell nothing. */
  readonly version?: 1 | 2 | null;
  /** Numbers in one embedding. */
  readonly features?: number;
  /** With TF Hub's own scaling from [0, 1] in front. */
  readonly fromHub?: boolean;
}

const CLASSES = 5;

/** @returns model.json and its one weight file. */
export function tinyMobilenet(options: TinyMobilenetOptions = {}): GeneratedFile[] {
  const { seed = 1, sidePx = 224, version = 2, features = 32, fromHub = false } = options;
  const prefix = version === null ? 'net' : `module_apply_default/MobilenetV${version}`;
  const pool = `${prefix}/Logits/${version === 1 ? 'global_pool' : 'AvgPool'}`;
  const graph = createGraphWriter(seed);
  let last = graph.input(sidePx);
  if (fromHub) last = graph.hubScaling(last);
  last = graph.conv(`${prefix}/layer_0/Conv2D`, last, {
    size: 3,
    channels: 3,
    filters: 8,
    stride: 2,
  });
  let side = Math.ceil(sidePx / 2);
  for (const [block, channels] of [8, 16, 24].entries()) {
    const filters = [16, 24, features][block] ?? features;
    last = graph.depthwise(`${prefix}/layer_${2 * block + 1}/depthwise`, last, {
      channels,
      stride: 2,
    });
    side = Math.ceil(side / 2);
    const name = `${prefix}/layer_${2 * block + 2}/Conv2D`;
    last = graph.conv(name, last, { size: 1, channels, filters, stride: 1 });
  }
  last = graph.averagePool(pool, last, side);
  last = graph.conv(`${prefix}/Logits/Conv2d_1c_1x1/conv`, last, {
    size: 1,
    channels: features,
    filters: CLASSES,
    stride: 1,
    active: false,
  });
  graph.squeeze(`${prefix}/Logits/output`, last);
  return graph.write(sidePx, `${prefix}/Logits/output`, CLASSES);
}
