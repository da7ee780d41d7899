import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { BackboneInfo } from '../../core/backbone.ts';
import type { InputRange } from '../../core/preprocess.ts';

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

/** Whether the range is known; if not, a person has to be asked. */
export type KnownRange = InputRange | null;
