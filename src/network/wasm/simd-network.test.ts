import { describe, expect, it, vi } from 'vitest';
import { at } from '../../core/at.ts';
import { createSimdNetwork } from './simd-network.ts';
import { planNetwork } from './plan-network.ts';
import { computePlainly } from '../testing/compute-plainly.ts';
import { drawLevels, NetworkWriter } from '../testing/network-writer.ts';

const RANGE = [-1, 1] as const;
/** As a part of the largest number: single precision, sums in another order. */
const MAX_DIFFERENCE = 1e-5;

function begin(sidePx: number, outputs: number): NetworkWriter {
  return new NetworkWriter(sidePx, sidePx + outputs).convolution({ outputs, side: 3, stride: 2 });
}

function compare(writer: NetworkWriter): void {
  const { network } = writer;
  const { shape } = at(network.steps, 0);
  const inputSidePx = at(shape, 0);
  const simd = createSimdNetwork(planNetwork(network, { inputSidePx, inputRange: RANGE }));
  // The second picture finds the memory as the first has left it.
  for (const seed of [1, 2]) {
    const levels = drawLevels(shape, seed);
    const scaled = [...levels].map((level) => (level / 255) * 2 - 1);
    const wanted = computePlainly(network, scaled);
    const found = simd.run(levels);
    const largest = Math.max(...wanted.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    expect(found).toHaveLength(wanted.length);
    const differences = wanted.map((value, i) => Math.abs(value - at(found, i)));
    expect(Math.max(...differences) / largest).toBeLessThan(MAX_DIFFERENCE);
  }
}

describe('computes what the network says', () => {
  it.each([
    { sidePx: 32, channels: 8 },
    { sidePx: 28, channels: 16 },
    { sidePx: 26, channels: 12 },
    { sidePx: 14, channels: 5 },
    { sidePx: 10, channels: 3 },
    { sidePx: 2, channels: 8 },
  ])('separable layers, $sidePx pixels, $channels channels', ({ sidePx, channels }) => {
    const writer = begin(sidePx, channels)
      .depthwise({})
      .convolution({ outputs: channels * 2 });
    compare(
      writer
        .depthwise({ stride: 2 })
        .convolution({ outputs: channels * 3 })
        .average(),
    );
  });

  it.each([
    { sidePx: 32, narrow: 8 },
    { sidePx: 28, narrow: 4 },
    { sidePx: 22, narrow: 10 },
    { sidePx: 18, narrow: 24 },
    { sidePx: 6, narrow: 7 },
  ])('inverted residuals, $sidePx pixels, $narrow channels', ({ sidePx, narrow }) => {
    const writer = begin(sidePx, narrow);
    for (const stride of [1, 2, 1]) {
      const from = writer.last;
      writer.convolution({ outputs: narrow * 6 }).depthwise({ stride });
      writer.convolution({ outputs: narrow, activation: 'none' });
      if (stride === 1) writer.add(from);
    }
    compare(writer.convolution({ outputs: 40 }).average());
  });

  it('windows of five, and activations of all kinds', () => {
    const writer = begin(30, 8).depthwise({ side: 5, activation: 'none' });
    writer.convolution({ outputs: 8, activation: 'relu' }).depthwise({ side: 5, stride: 2 });
    compare(writer.convolution({ outputs: 8, activation: 'none' }).average());
  });

  it('a depthwise layer with none after it, and one after another', () => {
    compare(begin(20, 8).depthwise({}).depthwise({ stride: 2, activation: 'none' }).average());
  });

  it.each([
    { side: 3, stride: 1, channels: 8 },
    { side: 3, stride: 2, channels: 5 },
    { side: 4, stride: 1, channels: 12 },
    { side: 7, stride: 3, channels: 3 },
    { side: 15, stride: 1, channels: 3 },
  ])('a convolution of $side pixels, stride $stride, in the middle', (asked) => {
    const { side, stride, channels } = asked;
    const writer = begin(14, channels).convolution({ outputs: 20, side, stride });
    compare(writer.depthwise({}).convolution({ outputs: 9, side, stride }).average());
  });

  it('averages over the whole image, over windows, and over the picture itself', () => {
    const writer = new NetworkWriter(24, 5).pool(2).convolution({ outputs: 12, side: 3 });
    writer.pool(2, { stride: 1 }).convolution({ outputs: 10 }).pool(3, { stride: 2 });
    const { shape } = at(writer.network.steps, writer.last);
    compare(writer.pool(at(shape, 0)).reshape([10]));
  });

  it('features of several depths side by side', () => {
    const writer = new NetworkWriter(16, 6).convolution({ outputs: 6, side: 3, stride: 2 });
    const first = writer.last;
    const parts = [
      writer.pool(4).flatten().last,
      writer.pool(4, { from: 0 }).flatten().last,
      writer.depthwise({}, first).convolution({ outputs: 13 }).pool(8).last,
      writer.convolution({ outputs: 8, side: 5 }, 0).pool(5, { stride: 3 }).flatten().last,
    ];
    compare(writer.concat(parts).pool(1).average());
  });

  it('scalings of the picture and of an image', () => {
    const writer = new NetworkWriter(12, 7)
      .affine()
      .convolution({ outputs: 6, side: 3, stride: 2 });
    compare(writer.affine('relu').depthwise({}).convolution({ outputs: 9 }).average());
  });

  it('up to an image, without what its channels are filled up with', () => {
    compare(begin(14, 5).depthwise({}).convolution({ outputs: 11 }));
  });

  it('layers that several need', () => {
    const writer = begin(20, 8);
    const first = writer.last;
    const [wide, deep] = [first + 1, first + 2];
    writer.convolution({ outputs: 8 }, first).depthwise({}, wide);
    writer.convolution({ outputs: 8 }, deep).add(wide, 'relu').add(deep).add(first);
    compare(writer.average());
  });
});

describe('says what it can not compute', () => {
  const plan = (writer: NetworkWriter) => () =>
    planNetwork(writer.network, { inputSidePx: 8, inputRange: RANGE });

  it.each([
    { reason: 'a new shape [2, 8, 8]', writer: begin(8, 8).reshape([2, 8, 8]) },
    { reason: 'a concatenation of more than features', writer: begin(8, 8).concat([1, 1]) },
  ])('$reason', ({ reason, writer }) => {
    expect(plan(writer)).toThrow(reason);
  });
});

it('says so where WebAssembly has no SIMD', () => {
  const plan = planNetwork(begin(8, 8).average().network, { inputSidePx: 8, inputRange: RANGE });
  vi.spyOn(WebAssembly, 'Module').mockImplementation(function () {
    throw new WebAssembly.CompileError();
  });
  expect(() => createSimdNetwork(plan)).toThrow('no WebAssembly with SIMD');
  vi.restoreAllMocks();
});
