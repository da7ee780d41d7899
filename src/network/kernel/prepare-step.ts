import type { Place } from './place.ts';
import { prepareDepthwise } from './prepare-depthwise.ts';
import { prepareRows } from './prepare-rows.ts';
import { FLOAT_BYTES, type PlannedStep } from './plan.ts';

/** @returns what computes the step. */
export function prepareStep(step: PlannedStep, place: Place): () => void {
  const { kernel, room, imageOf } = place;
  switch (step.kind) {
    case 'rows': {
      const { rows, address } = imageOf(step.to);
      return room.lend(() => {
        const compute = prepareRows(step.source, place);
        return () => {
          compute(0, rows, address);
        };
      });
    }
    case 'depthwise':
      return room.lend(() => prepareDepthwise(step, place));
    case 'add': {
      const [a, b] = step.inputs.map((id) => imageOf(id).address) as [number, number];
      const { rows, columns, channels, address } = imageOf(step.to);
      return () => {
        kernel.add(a, b, rows * columns * channels, address, ...step.bounds);
      };
    }
    case 'average': {
      const from = imageOf(step.from);
      const { address } = imageOf(step.to);
      return () => {
        kernel.average(from.address, from.rows * from.columns, from.channels, address);
      };
    }
    case 'flatten':
      return prepareFlatten(step, place);
  }
}

function prepareFlatten(
  { pieces, to }: Extract<PlannedStep, { kind: 'flatten' }>,
  { memory, imageOf }: Place,
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
