import { describe, expect, it } from 'vitest';
import { readJpegFrame } from './jpeg-header.ts';

const START = [0xff, 0xd8];
const APPLICATION = [0xff, 0xe0, 0, 4, 1, 2];
const TABLES = [0xff, 0xc4, 0, 3, 9];

/** 300 × 200. */
function frame(marker: number, components: number): number[] {
  return [0xff, marker, 0, 8, 8, 0, 200, 1, 44, components];
}

describe('readJpegFrame', () => {
  it.each([
    ['baseline', 0xc0, 3, true],
    ['extended sequential', 0xc1, 1, true],
    ['progressive', 0xc2, 3, false],
    ['lossless', 0xc3, 3, false],
    ['arithmetic', 0xc9, 3, false],
    ['of four inks', 0xc0, 4, true],
  ] as const)('reads a frame that is %s', (_, marker, components, sequential) => {
    const bytes = Uint8Array.from([
      ...START,
      ...APPLICATION,
      ...TABLES,
      ...frame(marker, components),
    ]);
    expect(readJpegFrame(bytes)).toEqual({ widthPx: 300, heightPx: 200, components, sequential });
  });

  it('skips fill bytes before a marker', () => {
    const bytes = Uint8Array.from([...START, 0xff, 0xff, ...frame(0xc0, 3)]);
    expect(readJpegFrame(bytes)).toMatchObject({ widthPx: 300 });
  });

  it.each([
    ['another format', [0x89, 0x50, ...frame(0xc0, 3)]],
    ['a scan before any frame', [...START, 0xff, 0xda, 0, 2, ...frame(0xc0, 3)]],
    ['bytes that are no segment', [...START, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['a segment that ends beyond the file', [...START, 0xff, 0xe1, 0xff, 0xff, ...frame(0xc0, 3)]],
    ['a frame cut short', [...START, ...frame(0xc0, 3).slice(0, 8)]],
    ['nothing', []],
  ])('finds none in %s', (_, bytes) => {
    expect(readJpegFrame(Uint8Array.from(bytes))).toBeNull();
  });
});
