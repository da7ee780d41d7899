import type { NetworkKernel } from './network-kernel.ts';
import type { ImageId, Layer, PlannedImage } from './plan.ts';
import type { Room } from './room.ts';

/** Where a network is to run. Addresses are those of its memory. */
export interface Place {
  readonly kernel: NetworkKernel;
  /** It has its size once all steps are prepared. */
  readonly memory: WebAssembly.Memory;
  readonly room: Room;
  readonly picture: PlacedPicture;
  readonly imageOf: (id: ImageId) => PlannedImage;
  readonly placed: (layer: Layer) => Layer;
}

export interface PlacedPicture {
  readonly address: number;
  /** Of the number that stands for each of the 256 levels. */
  readonly levels: number;
  readonly sidePx: number;
}
