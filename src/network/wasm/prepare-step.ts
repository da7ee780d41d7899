import type { Layout } from './memory-layout.ts';
import { prepareDepthwise, prepareRows } from './prepare-convolution.ts';
import { FLOAT_BYTES, type PlannedStep } from './plan.ts';

/** @returns what computes the step. */
export function prepareStep(step: PlannedStep, layout: Layout): () => void {
  const { simd, arena, imageOf } = layout;
  switch (step.kind) {
    case 'rows': {
      const { rows, address } = imageOf(step.to);
      return arena.lend(() => {
        const compute = prepareRows(step.source, layout);
        return () => {
          compute(0, rows, address);
        };
      });
    }
    case 'depthwise':
      return arena.lend(() => prepareDepthwise(step, layout));
    case 'add': {
      const [a, b] = step.inputs.map((id) => imageOf(id).address) as [number, number];
      const { rows, columns, channels, address } = imageOf(step.to);
      return () => {
        simd.add(a, b, rows * columns * channels, address, ...step.bounds);
      };
    }
    case 'average': {
      const from = imageOf(step.from);
      const { address } = imageOf(step.to);
      return () => {
        simd.average(from.address, from.rows * from.columns, from.channels, address);
      };
    }
    case 'flatten':
      return prepareFlatten(step, layout);
  }
}

function prepareFlatten(
  { pieces, to }: Extract<PlannedStep, { kind: 'flatten' }>,
  { memory, imageOf }: Layout,
): () => void {
  const target = imageOf(to);
  return () => {
    const bytes = new Uint8Array(memory.buffer);
    let out = target.address;
    for (const { from, channels } of pieces) {
      const image = imageOf(from);
      for (let pixel = 0; pixel < image.rows * image.columns; pixel++) {
        const start = image.address + pixel * image.channels * FLOAT_BYTES;
        bytes.copyWithin(out, start, start + channels * FLOAT_BYTES);
        out += channels * FLOAT_BYTES;
      }
    }
    bytes.fill(0, out, target.address + target.channels * FLOAT_BYTES);
  };
}
