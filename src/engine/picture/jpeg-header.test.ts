import { describe, expect, it } from 'vitest';
import { readJpegHeader } from './jpeg-header.ts';

const START = [0xff, 0xd8];
const APPLICATION = [0xff, 0xe0, 0, 4, 1, 2];
const EXIF = [0xff, 0xe1, 0, 8, 0x45, 0x78, 0x69, 0x66, 0, 0];
const XMP = [0xff, 0xe1, 0, 8, 0x68, 0x74, 0x74, 0x70, 0, 0];
const SCAN = [0xff, 0xda, 0, 8, 1, 2, 3, 4, 5, 6];
const TABLES = [0xff, 0xc4, 0, 3, 9];

/** 300 × 200. */
function frame(marker: number, components: number): number[] {
  return [0xff, marker, 0, 8, 8, 0, 200, 1, 44, components];
}

describe('readJpegHeader', () => {
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
      ...SCAN,
    ]);
    const size = { widthPx: 300, heightPx: 200 };
    expect(readJpegHeader(bytes)).toEqual({ ...size, components, sequential, exif: false });
  });

  it.each([
    ['before the frame', true, [...EXIF, ...frame(0xc0, 3), ...SCAN]],
    ['after it', true, [...XMP, ...frame(0xc0, 3), ...EXIF, ...SCAN]],
    ['nowhere', false, [...XMP, ...frame(0xc0, 3), ...SCAN]],
    ['in the scan', false, [...frame(0xc0, 3), ...SCAN, ...EXIF]],
    ['beyond what was read, perhaps', true, [...frame(0xc0, 3), ...TABLES]],
  ])('tells of EXIF data %s', (_, exif, bytes) => {
    expect(readJpegHeader(Uint8Array.from([...START, ...bytes]))).toMatchObject({ exif });
  });

  it('skips fill bytes before a marker', () => {
    const bytes = Uint8Array.from([...START, 0xff, 0xff, ...frame(0xc0, 3)]);
    expect(readJpegHeader(bytes)).toMatchObject({ widthPx: 300 });
  });

  it.each([
    ['another format', [0x89, 0x50, ...frame(0xc0, 3)]],
    ['a scan before any frame', [...START, 0xff, 0xda, 0, 2, ...frame(0xc0, 3)]],
    ['bytes that are no segment', [...START, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['a segment that ends beyond the file', [...START, 0xff, 0xe1, 0xff, 0xff, ...frame(0xc0, 3)]],
    ['a frame cut short', [...START, ...frame(0xc0, 3).slice(0, 8)]],
    ['nothing', []],
  ])('finds none in %s', (_, bytes) => {
    expect(readJpegHeader(Uint8Array.from(bytes))).toBeNull();
  });
});
