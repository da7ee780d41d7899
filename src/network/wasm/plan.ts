import type { InputRange } from '../../core/preprocess.ts';

/**
 * A network ready for the SIMD runtime: what is computed, where its weights lie, and where what it computes
 * comes to lie. It can be sent to another worker. Images lie as rows, columns, channels, their channels
 * filled up with zeros to a multiple of {@link PANEL}; addresses are bytes.
 */
export interface NetworkPlan {
  readonly input: PlannedInput;
  /** What it computes in the end: the channels that count of the last image. */
  readonly output: Piece;
  /** The steps' layers have addresses in it. */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly images: readonly PlannedImage[];
  /** Memory for all images. */
  readonly imageBytes: number;
  readonly steps: readonly PlannedStep[];
}

/** A picture, scaled to the range, or the activations of another network's last step. */
export type PlannedInput =
  | { readonly kind: 'picture'; readonly sidePx: number; readonly range: InputRange }
  | { readonly kind: 'activations'; readonly image: Piece };

/** Number of an image. */
export type ImageId = number;

/** Channels that are computed at once. */
export const PANEL = 8;
export const FLOAT_BYTES = 4;

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** A multiple of {@link PANEL}. */
  readonly channels: number;
}

export interface PlannedImage extends Extent {
  /** Two that aren't needed at the same time may share a layout. */
  readonly address: number;
}

/** What a sum is cut to, for its activation. */
export type Bounds = readonly [lowest: number, highest: number];

export interface Layer {
  readonly weights: number;
  readonly bias: number;
  /** Numbers that each output sums up; of a depthwise layer, those of the window. */
  readonly inputs: number;
  /** A multiple of {@link PANEL}. */
  readonly outputs: number;
  readonly bounds: Bounds;
}

/** A square or oblong window with the same stride both ways. */
export interface PlannedWindow {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  /** Padding above and left; below and right it is what the output's extent needs. */
  readonly top: number;
  readonly left: number;
}

/** From where rows of an image come, one after the other. */
export type RowSource =
  /** A convolution of the picture. */
  | {
      readonly kind: 'picture';
      readonly window: PlannedWindow;
      readonly layer: Layer;
      /** Of what it gives. */
      readonly columns: number;
    }
  /** A convolution of an image, with a window of more than one pixel. */
  | {
      readonly kind: 'convolution';
      readonly from: ImageId;
      readonly window: PlannedWindow;
      readonly layer: Layer;
      /** Of what it gives. */
      readonly columns: number;
    }
  /** A 1 × 1 convolution. */
  | { readonly kind: 'pointwise'; readonly from: ImageId; readonly layer: Layer }
  | { readonly kind: 'image'; readonly from: ImageId };

export type PlannedStep =
  | { readonly kind: 'rows'; readonly source: RowSource; readonly to: ImageId }
  /**
   * A depthwise convolution, with the layers before and after it where nothing else needs what is
   * between: so it stays in the processor's cache.
   */
  | {
      readonly kind: 'depthwise';
      readonly source: RowSource;
      /** Of what the source gives. */
      readonly before: Extent;
      readonly window: PlannedWindow;
      readonly layer: Layer;
      /** Of what the depthwise convolution gives. */
      readonly after: Extent;
      readonly pointwise: Layer | null;
      readonly to: ImageId;
    }
  | {
      readonly kind: 'add';
      readonly inputs: readonly [ImageId, ImageId];
      readonly bounds: Bounds;
      readonly to: ImageId;
    }
  | { readonly kind: 'average'; readonly from: ImageId; readonly to: ImageId }
  /** Images one after the other as one pixel, without what their channels are filled up with. */
  | { readonly kind: 'flatten'; readonly pieces: readonly Piece[]; readonly to: ImageId };

export interface Piece {
  readonly from: ImageId;
  /** Those that count. */
  readonly channels: number;
}
