import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BackboneInfo } from '../core/backbone.ts';

/** What loading finds out about a backbone; where it came from is added by the caller. */
export type BackboneShape = Pick<
  BackboneInfo,
  'inputSidePx' | 'inputRange' | 'embeddingLength' | 'featureLayer'
>;

/**
 * A network on the device, up to its pooled features.
 *
 * A backbone with a trainable last part would offer, beside `embed`, the
 * output of its frozen part and a function from that to features whose
 * weights are variables; nothing else here would change.
 */
export interface Backbone {
  readonly shape: BackboneShape;
  /** @param pixels [count, side, side, 3], 0 to 255. @returns [count, embeddingLength]. */
  embed(pixels: Tensor4D): Tensor2D;
  dispose(): void;
}

/** A network from scaled pixels to features, whichever way it runs. */
export interface FeatureRunner {
  /** @param input [count, side, side, 3], in the range that it wants. @returns [count, features]. */
  run(input: Tensor4D): Tensor2D;
  dispose(): void;
}
