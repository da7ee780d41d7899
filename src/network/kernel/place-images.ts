import { FLOAT_BYTES, type Extent, type PlannedImage } from './plan.ts';

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
