import { describe, expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import { NetworkWriter } from '../../network/testing/network-writer.ts';
import { OPERATORS, PADDING, type OperatorName } from './operators.ts';
import { Table } from './testing/read-flatbuffer.ts';
import { writeTflite } from './write-tflite.ts';

/** Operators with the numbers of their tensors. */
function operatorsOf(file: Uint8Array) {
  const model = Table.root(file, 'TFL3');
  const codes = model.tables(1).map((code) => code.integer(3) ?? 0);
  return at(model.tables(2), 0)
    .tables(3)
    .map((operator) => ({
      code: at(codes, operator.integer(0) ?? 0),
      inputs: operator.integers(1),
      outputs: operator.integers(2),
    }));
}

describe('convolutions', () => {
  const { network } = new NetworkWriter(9, 1)
    .convolution({ outputs: 4, side: 3, stride: 2 })
    .depthwise({})
    .convolution({ outputs: 5 })
    .average();

  // XNNPACK doesn't take a convolution whose kernel is float16 and whose bias is not.
  it.each([
    ['float32', []],
    ['float16', [1, 2]],
  ] as const)('have kernel and bias in the same precision: %s', (precision, reduced) => {
    const operators = operatorsOf(writeTflite(network, { batch: 1, precision }));
    const named = (...names: OperatorName[]) =>
      operators.filter(({ code }) => names.some((name) => OPERATORS[name].code === code));
    const singles = new Set(named('dequantize').flatMap(({ outputs }) => outputs));
    const convolutions = named('convolution', 'depthwise');
    expect(convolutions).toHaveLength(3);
    for (const { inputs } of convolutions)
      expect([1, 2].filter((place) => singles.has(at(inputs, place)))).toEqual(reduced);
  });
});

it.each([
  { side: 3, stride: 4, padding: 'valid' },
  { side: 3, stride: 1, padding: 'same' },
  { side: 4, stride: 4, padding: 'valid' },
] as const)('a window of $side by $stride is $padding', ({ side, stride, padding }) => {
  const { network } = new NetworkWriter(16, 1).depthwise({ side, stride });
  const model = Table.root(writeTflite(network, { batch: 1 }), 'TFL3');
  const operator = at(at(model.tables(2), 0).tables(3), 0);
  expect(operator.table(4)?.byte(0) ?? 0).toBe(PADDING[padding]);
});
