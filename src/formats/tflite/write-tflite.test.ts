import { expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import { NetworkWriter } from '../../engine/network/testing/network-writer.ts';
import { PADDING } from './schema.ts';
import { Table } from './testing/read-flatbuffer.ts';
import { writeTflite } from './write-tflite.ts';

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
