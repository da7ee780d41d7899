import type { DenseLayer, Head } from '../../core/head.ts';
import type { Field } from '../field.ts';
import { ShapeError } from '../field.ts';
import { WEIGHTS_FILE } from './layout.ts';

const MOST_UNITS = 1_000_000;
const MOST_WEIGHTS = 2 ** 28;
const FLOAT_BYTES = 4;

export function packWeights({ layers }: Head): Uint8Array<ArrayBuffer> {
  const numbers = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  const length = numbers.reduce((sum, part) => sum + part.length, 0);
  const view = new DataView(new ArrayBuffer(length * FLOAT_BYTES));
  let offset = 0;
  for (const part of numbers)
    for (const number of part) {
      view.setFloat32(offset, number, true);
      offset += FLOAT_BYTES;
    }
  return new Uint8Array(view.buffer);
}

interface LayerPlan {
  readonly inputs: number;
  readonly units: number;
  readonly activation: DenseLayer['activation'];
}

/** The layers' shapes, and the bytes that their weights take. @throws ShapeError */
export function planLayers(
  field: Field,
  embeddingLength: number,
  classCount: number,
): { readonly plans: readonly LayerPlan[]; readonly bytes: number } {
  let inputs = embeddingLength;
  let weights = 0;
  const items = field.items(1, 10);
  const plans = items.map((item, index): LayerPlan => {
    const units = item.get('units').integer(1, MOST_UNITS);
    const isLast = index === items.length - 1;
    const activation = item.get('activation').oneOf([isLast ? 'softmax' : 'relu'] as const);
    const plan = { inputs, units, activation };
    weights += (inputs + 1) * units;
    inputs = units;
    return plan;
  });
  if (inputs !== classCount) throw field.error('must end in one unit for each class');
  if (weights > MOST_WEIGHTS) throw field.error('are too large');
  return { plans, bytes: weights * FLOAT_BYTES };
}

/** @throws ShapeError where the bytes are not those of the plan, or one is no number. */
export function unpackWeights(
  plans: readonly LayerPlan[],
  bytes: Uint8Array<ArrayBuffer>,
): readonly DenseLayer[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const take = (count: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: count }, () => {
      const number = view.getFloat32(offset, true);
      if (!Number.isFinite(number)) throw new ShapeError(WEIGHTS_FILE, 'a weight is no number');
      offset += FLOAT_BYTES;
      return number;
    });
  return plans.map(({ inputs, units, activation }) => ({
    units,
    kernel: take(inputs * units),
    bias: take(units),
    activation,
  }));
}
