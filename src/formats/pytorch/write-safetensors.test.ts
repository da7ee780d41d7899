import { describe, expect, it } from 'vitest';
import { writeSafetensors, type Tensor } from './write-safetensors.ts';

function read(bytes: Uint8Array<ArrayBuffer>) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  return { length, text, header: JSON.parse(text) as unknown, data: bytes.slice(8 + length) };
}

const tensor = (name: string, shape: readonly number[], ...values: number[]): Tensor => ({
  name,
  shape,
  values: Float32Array.from(values),
});

describe('writeSafetensors', () => {
  it('names each tensor’s place in the data', () => {
    const tensors = [tensor('a', [2, 1], 1, -2), tensor('b.bias', [], 0.5), tensor('c', [0, 3])];
    const { header, data } = read(writeSafetensors(tensors, { format: 'pt' }));
    expect(header).toEqual({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
      'b.bias': { dtype: 'F32', shape: [], data_offsets: [8, 12] },
      c: { dtype: 'F32', shape: [0, 3], data_offsets: [12, 12] },
    });
    expect([...new Float32Array(data.buffer)]).toEqual([1, -2, 0.5]);
  });

  it.each(['', 'a', 'ab', 'é', 'abcdefg', 'שלום'])(
    'fills the header up with spaces to a multiple of 8, metadata "%s"',
    (text) => {
      const { length, text: json, header } = read(writeSafetensors([], { text }));
      expect(length % 8).toBe(0);
      expect(json).toMatch(/^\{.*\} {0,7}$/u);
      expect(header).toEqual({ __metadata__: { text } });
    },
  );

  it('writes a part of a larger array, and only that', () => {
    const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const { data } = read(writeSafetensors([{ name: 'part', shape: [2], values }]));
    expect([...new Float32Array(data.buffer)]).toEqual([2, 3]);
  });

  it('takes any other name', () => {
    const { text } = read(writeSafetensors([tensor('__proto__', [1], 1), tensor('"\n', [1], 2)]));
    expect(text).toContain('"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}');
    expect(text).toContain('"\\"\\n":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}');
  });

  it.each([
    ['a name twice', [tensor('a', [1], 1), tensor('a', [1], 1)]],
    ['the metadata’s name', [tensor('__metadata__', [1], 1)]],
    ['a shape of other values', [tensor('a', [2, 2], 1, 2, 3)]],
  ])('refuses %s', (_, tensors) => {
    expect(() => writeSafetensors(tensors)).toThrow(RangeError);
  });
});
