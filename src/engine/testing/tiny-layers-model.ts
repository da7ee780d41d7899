/**
 * A Keras-style layers model of MobileNetV2's shape with seeded weights: batch
 * norms, zero padding, a residual addition. What tests use where there are no
 * real weights.
 */
import { createLayersWriter } from './layers-writer.ts';
import type { GeneratedFile } from './model-writer.ts';

export interface TinyLayersOptions {
  readonly seed?: number;
  /** Of the model: tells its input range if it sounds like a MobileNet. */
  readonly name?: string;
  readonly sidePx?: number;
  readonly features?: number;
  /** A pooling and a classifier on top. */
  readonly top?: boolean;
  /** A layer in the middle that folding doesn't know. */
  readonly unknownLayer?: boolean;
}

/** @returns model.json and its one weight file. */
export function tinyLayersModel(options: TinyLayersOptions = {}): GeneratedFile[] {
  const { seed = 1, sidePx = 64, features = 24, top = false, unknownLayer = false } = options;
  const { name = 'mobilenetv2_tiny' } = options;
  const net = createLayersWriter(seed);
  let last = net.input(sidePx);
  last = net.pad('stem_pad', last, [0, 1]);
  last = net.relu(
    net.norm(net.conv('stem', last, { size: 3, channels: 3, filters: 8, stride: 2 }, 'valid'), 8),
  );
  last = net.relu(net.norm(net.depthwise('block_depthwise', last, { channels: 8, stride: 1 }), 8));
  const narrow = net.norm(
    net.conv('block_project', last, { size: 1, channels: 8, filters: 8, stride: 1 }),
    8,
  );
  last = net.relu(
    net.norm(net.conv('expand', narrow, { size: 1, channels: 8, filters: 16, stride: 1 }), 16),
  );
  last = net.relu(net.norm(net.depthwise('deep', last, { channels: 16, stride: 1 }), 16));
  last = net.norm(net.conv('project', last, { size: 1, channels: 16, filters: 8, stride: 1 }), 8);
  last = net.add('add', narrow, last);
  if (unknownLayer) last = net.layer('MaxPooling2D', 'max', [last], POOLING);
  // Keras's own networks pad by hand before every stride.
  last = net.pad('down_pad', last, [0, 1]);
  last = net.relu(net.norm(net.depthwise('down', last, { channels: 8, stride: 2 }, 'valid'), 8));
  last = net.relu(
    net.norm(
      net.conv('last', last, { size: 1, channels: 8, filters: features, stride: 1 }),
      features,
    ),
  );
  if (top) {
    last = net.layer('GlobalAveragePooling2D', 'pool', [last], {});
    last = net.dense('predictions', last, features, 3);
  }
  return net.write(name, last);
}

const POOLING = { pool_size: [2, 2], strides: [2, 2], padding: 'valid' };
