import type { Place } from './place.ts';
import { FLOAT_BYTES, type RowSource } from './plan.ts';

/** Computes rows of an image, from one of them on, one after the other to an address. */
export type ComputeRows = (row: number, count: number, out: number) => void;

export function prepareRows(source: RowSource, place: Place): ComputeRows {
  const { kernel } = place;
  switch (source.kind) {
    case 'picture':
    case 'convolution':
      return prepareConvolution(source, place);
    case 'pointwise': {
      const { columns, channels, address } = place.imageOf(source.from);
      const { inputs, weights, bias, outputs, bounds } = place.placed(source.layer);
      const rowBytes = columns * channels * FLOAT_BYTES;
      return (row, count, out) => {
        const from = address + row * rowBytes;
        kernel.pointwise(from, count * columns, inputs, weights, bias, outputs, out, ...bounds);
      };
    }
    case 'image': {
      const { columns, channels, address } = place.imageOf(source.from);
      const rowBytes = columns * channels * FLOAT_BYTES;
      return (row, count, out) => {
        const from = address + row * rowBytes;
        new Uint8Array(place.memory.buffer).copyWithin(out, from, from + count * rowBytes);
      };
    }
  }
}

/** As products of a matrix, whose rows are what each window sees. */
function prepareConvolution(
  source: Extract<RowSource, { kind: 'picture' | 'convolution' }>,
  { kernel, room, picture, imageOf, placed }: Place,
): ComputeRows {
  const { window, columns } = source;
  const { inputs, weights, bias, outputs, bounds } = placed(source.layer);
  const patches = room.take(columns * inputs * FLOAT_BYTES);
  const rowBytes = columns * outputs * FLOAT_BYTES;
  const size = [window.rows, window.columns] as const;
  const across = [window.left, window.stride, columns, patches] as const;
  const gather = (top: number) => {
    if (source.kind === 'picture') {
      const { address, sidePx, levels } = picture;
      kernel.patchesOfBytes(address, sidePx, sidePx, 3, levels, ...size, top, ...across);
    } else {
      const image = imageOf(source.from);
      const extent = [image.rows, image.columns, image.channels] as const;
      kernel.patches(image.address, ...extent, ...size, top, ...across);
    }
  };
  return (first, count, out) => {
    for (let row = 0; row < count; row++) {
      gather((first + row) * window.stride - window.top);
      const target = out + row * rowBytes;
      kernel.pointwise(patches, columns, inputs, weights, bias, outputs, target, ...bounds);
    }
  };
}
