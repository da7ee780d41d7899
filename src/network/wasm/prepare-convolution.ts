import type { Layout } from './memory-layout.ts';
import { FLOAT_BYTES, type Extent, type PlannedStep, type RowSource } from './plan.ts';

/** Computes rows of an image, from one of them on, one after the other to an address. */
export type ComputeRows = (row: number, count: number, out: number) => void;

export function prepareRows(source: RowSource, layout: Layout): ComputeRows {
  const { simd } = layout;
  switch (source.kind) {
    case 'picture':
    case 'convolution':
      return prepareConvolution(source, layout);
    case 'pointwise': {
      const { columns, channels, address } = layout.imageOf(source.from);
      const { inputs, weights, bias, outputs, bounds } = layout.placed(source.layer);
      const rowBytes = columns * channels * FLOAT_BYTES;
      return (row, count, out) => {
        const from = address + row * rowBytes;
        simd.pointwise(from, count * columns, inputs, weights, bias, outputs, out, ...bounds);
      };
    }
    case 'image': {
      const { columns, channels, address } = layout.imageOf(source.from);
      const rowBytes = columns * channels * FLOAT_BYTES;
      return (row, count, out) => {
        const from = address + row * rowBytes;
        new Uint8Array(layout.memory.buffer).copyWithin(out, from, from + count * rowBytes);
      };
    }
  }
}

/** As products of a matrix, whose rows are what each window sees. */
function prepareConvolution(
  source: Extract<RowSource, { kind: 'picture' | 'convolution' }>,
  { simd, arena, picture, imageOf, placed }: Layout,
): ComputeRows {
  const { window, columns } = source;
  const { inputs, weights, bias, outputs, bounds } = placed(source.layer);
  const patches = arena.take(columns * inputs * FLOAT_BYTES);
  const rowBytes = columns * outputs * FLOAT_BYTES;
  const size = [window.rows, window.columns] as const;
  const across = [window.left, window.stride, columns, patches] as const;
  const gather = (top: number) => {
    if (source.kind === 'picture') {
      const { address, sidePx, levels } = picture;
      simd.patchesOfBytes(address, sidePx, sidePx, 3, levels, ...size, top, ...across);
    } else {
      const image = imageOf(source.from);
      const extent = [image.rows, image.columns, image.channels] as const;
      simd.patches(image.address, ...extent, ...size, top, ...across);
    }
  };
  return (first, count, out) => {
    for (let row = 0; row < count; row++) {
      gather((first + row) * window.stride - window.top);
      const target = out + row * rowBytes;
      simd.pointwise(patches, columns, inputs, weights, bias, outputs, target, ...bounds);
    }
  };
}

/** A pointwise layer is fastest on a multiple of that many pixels. */
const FOURS = 4;

/**
 * Goes over the image from above: of what comes in only the rows that a window covers are kept, in a
 * ring, with zeros around them; what goes out is at once handed to the pointwise layer after it.
 */
export function prepareDepthwise(
  step: Extract<PlannedStep, { kind: 'depthwise' }>,
  layout: Layout,
): () => void {
  const { simd, memory, arena } = layout;
  const { before, after, window } = step;
  const compute = prepareRows(step.source, layout);
  const layer = layout.placed(step.layer);
  const pointwise = step.pointwise && layout.placed(step.pointwise);
  const to = layout.imageOf(step.to);

  const comeAtOnce = step.source.kind === 'image' ? 1 : rowsForFours(before);
  const goAtOnce = pointwise === null ? 1 : rowsForFours(after);
  const pixelBytes = before.channels * FLOAT_BYTES;
  const beforeBytes = before.columns * pixelBytes;
  const afterBytes = after.columns * pixelBytes;
  const covered = (after.columns - 1) * window.stride + window.columns;
  const right = Math.max(0, covered - window.left - before.columns);
  const slotBytes = beforeBytes + (window.left + right) * pixelBytes;
  const slots = window.rows + comeAtOnce - 1;

  /** The slot after the last one stands for all rows above and below. */
  const ring = arena.take((slots + 1) * slotBytes);
  const ringBytes = (slots + 1) * slotBytes;
  const coming = arena.take(comeAtOnce === 1 ? 0 : comeAtOnce * beforeBytes);
  const going = arena.take(pointwise === null ? 0 : goAtOnce * afterBytes);
  const table = arena.take(window.rows * 4);

  const slotOf = (row: number) => {
    const inside = row >= 0 && row < before.rows;
    return ring + (inside ? row % slots : slots) * slotBytes;
  };

  /** Puts rows into the ring. */
  const take = (bytes: Uint8Array, row: number, count: number) => {
    const start = window.left * pixelBytes;
    if (comeAtOnce === 1) {
      compute(row, 1, slotOf(row) + start);
      return;
    }
    compute(row, count, coming);
    for (let index = 0; index < count; index++) {
      const from = coming + index * beforeBytes;
      bytes.copyWithin(slotOf(row + index) + start, from, from + beforeBytes);
    }
  };

  return () => {
    const bytes = new Uint8Array(memory.buffer);
    const addresses = new Uint32Array(memory.buffer, table, window.rows);
    bytes.fill(0, ring, ring + ringBytes);
    let taken = 0;
    for (let first = 0; first < after.rows; first += goAtOnce) {
      const rows = Math.min(goAtOnce, after.rows - first);
      for (let index = 0; index < rows; index++) {
        const top = (first + index) * window.stride - window.top;
        const needed = Math.min(before.rows, top + window.rows);
        while (taken < needed) {
          const count = Math.min(comeAtOnce, before.rows - taken);
          take(bytes, taken, count);
          taken += count;
        }
        for (let row = 0; row < window.rows; row++) addresses[row] = slotOf(top + row);
        simd.depthwiseRow(
          table,
          window.rows,
          window.columns,
          window.stride,
          before.channels,
          layer.weights,
          layer.bias,
          after.columns,
          pointwise === null
            ? to.address + (first + index) * afterBytes
            : going + index * afterBytes,
          ...layer.bounds,
        );
      }
      if (pointwise !== null) {
        simd.pointwise(
          going,
          rows * after.columns,
          pointwise.inputs,
          pointwise.weights,
          pointwise.bias,
          pointwise.outputs,
          to.address + first * after.columns * pointwise.outputs * FLOAT_BYTES,
          ...pointwise.bounds,
        );
      }
    }
  };
}

/** How many rows make a multiple of four pixels. */
function rowsForFours({ columns }: Extent): number {
  let rows = 1;
  while ((rows * columns) % FOURS !== 0) rows++;
  return rows;
}
