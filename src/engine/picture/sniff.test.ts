import { describe, expect, test } from 'vitest';
import { sniffPicture } from './sniff.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const binary = (text: string) => Uint8Array.from(text, (byte) => byte.charCodeAt(0));

/** A box of an ISO base media file. */
const box = (type: string, content: string) => {
  const length = 8 + content.length;
  return `\0\0${String.fromCharCode(length >> 8, length & 255)}${type}${content}`;
};
const extent = (width: number, height: number) =>
  box('ispe', `\0\0\0\0\0\0\0${String.fromCharCode(width)}\0\0\0${String.fromCharCode(height)}`);

describe('SVG', () => {
  test.each([
    '<svg>',
    '<SVG xmlns="http://www.w3.org/2000/svg">',
    '\ufeff\n <svg\n>',
    '<?xml version="1.0"?><!-- a > b --><!-- c -->\n<svg >',
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg >',
    '<!doctype svg [ <!ENTITY a "x]y"> <!ENTITY b "<svg>"> ] >\n<?xml-stylesheet?><svg >',
    `<!--${'-'.repeat(9000)}--><svg >`,
  ])('%j', (text) => {
    expect(sniffPicture(encode(text))).toEqual({ kind: 'svg' });
  });

  test.each([
    '',
    'text <svg>',
    '<svgs>',
    '<html><svg>',
    '<!-- <svg >',
    '<!DOCTYPE svg [ ] <svg >',
    '<?xml <svg ',
    '<!DOCTYPE html><html><svg>',
    `${'<!---->'.repeat(30)}x`,
  ])('not: %j', (text) => {
    expect(sniffPicture(encode(text))).toEqual({ kind: 'none' });
  });
});

describe('raster formats', () => {
  test.each([
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07', 'image/png', [5, 7]],
    ['GIF89a\x05\0\x07\0', 'image/gif', [5, 7]],
    ['RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\x04\0\0\x06\0\0', 'image/webp', [5, 7]],
    ['II*\0\x08\0\0\0\0', 'image/tiff', null],
    ['\x89PNG\r\n\x1a\n', 'image/png', null],
  ] as const)('%j', (text, mimeType, size) => {
    const sniffed = sniffPicture(binary(text));
    const expected = size && { widthPx: size[0], heightPx: size[1] };
    expect(sniffed).toMatchObject({ kind: 'raster', mimeType, size: expected });
  });

  test('of several pictures in one file the largest counts', () => {
    const sizes = box('ipco', extent(5, 7) + box('colr', '') + extent(50, 70) + extent(6, 8));
    const file = box('ftyp', 'avif') + box('meta', `\0\0\0\0${box('iprp', sizes)}`);
    expect(sniffPicture(binary(file))).toMatchObject({
      mimeType: 'image/avif',
      size: { widthPx: 50, heightPx: 70 },
    });
    expect(sniffPicture(binary(file.slice(0, 40)))).toMatchObject({ size: null });
  });
});
