import { FLOAT_BYTES, type Extent, type ImageId, type Layer, type PlannedImage } from './plan.ts';
import type { SimdOperations } from './simd-operations.ts';

/** Vectors begin at multiples of this many bytes. */
const ALIGNMENT = 64;

/** Hands out a memory, from its beginning. */
export class Arena {
  #kept = 0;
  #most = 0;

  /** Bytes handed out at most. */
  get bytes(): number {
    return this.#most;
  }

  /** @returns the address of that many bytes. */
  take(bytes: number): number {
    const address = this.#kept;
    this.#kept = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    this.#most = Math.max(this.#most, this.#kept);
    return address;
  }

  /** What is taken in the meantime is handed out again afterwards. */
  lend<T>(work: () => T): T {
    const before = this.#kept;
    try {
      return work();
    } finally {
      this.#kept = before;
    }
  }
}

/** Where a network's numbers lie while it runs. Addresses are those of its memory. */
export interface Layout {
  readonly simd: SimdOperations;
  /** It has its size once all steps are prepared. */
  readonly memory: WebAssembly.Memory;
  readonly arena: Arena;
  readonly picture: PictureBuffer;
  readonly imageOf: (id: ImageId) => PlannedImage;
  readonly placed: (layer: Layer) => Layer;
}

export interface PictureBuffer {
  readonly address: number;
  /** Of the number that stands for each of the 256 levels. */
  readonly levels: number;
  readonly sidePx: number;
}

/** From the step that makes an image to the last that needs it. */
export interface Lifetime extends Extent {
  readonly madeIn: number;
  readonly lastUsedIn: number;
}

/** The larger images first, each as low as no other that is needed at the same time allows. */
export function placeImages(images: readonly Lifetime[]): {
  readonly images: readonly PlannedImage[];
  readonly imageBytes: number;
} {
  const placed = new Map<Lifetime, { readonly address: number; readonly end: number }>();
  const largestFirst = [...images].sort((a, b) => bytesOf(b) - bytesOf(a));
  for (const image of largestFirst) {
    const taken = [...placed]
      .filter(([other]) => overlap(image, other))
      .map(([, place]) => place)
      .sort((a, b) => a.address - b.address);
    let address = 0;
    for (const { address: start, end } of taken) {
      if (address + bytesOf(image) <= start) break;
      address = Math.max(address, end);
    }
    placed.set(image, { address, end: address + bytesOf(image) });
  }
  return {
    images: images.map((image) => {
      const { rows, columns, channels } = image;
      return { rows, columns, channels, address: placed.get(image)?.address ?? 0 };
    }),
    imageBytes: Math.max(0, ...[...placed.values()].map(({ end }) => end)),
  };
}

function bytesOf({ rows, columns, channels }: Extent): number {
  return rows * columns * channels * FLOAT_BYTES;
}

function overlap(one: Lifetime, other: Lifetime): boolean {
  return one.madeIn <= other.lastUsedIn && other.madeIn <= one.lastUsedIn;
}
