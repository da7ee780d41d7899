import { describe, expect, test } from 'vitest';
import { pixelsInside, refuseDrawing } from './drawing.ts';

/** The first bytes of a PNG of that size, one character a byte. */
function pngStart(widthPx: number, heightPx: number): string {
  const number = (value: number) => String.fromCharCode(0, 0, value >> 8, value & 255);
  return `\x89PNG\r\n\x1a\n${number(13)}IHDR${number(widthPx)}${number(heightPx)}`;
}

const base64 = (text: string, type = 'image/png') => `data:${type};base64,${btoa(text)}`;
const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;
const image = (href: string) => svg(`<image href="${href}"/>`);

describe('the pixels of what lies in a drawing', () => {
  const png = pngStart(300, 200);
  const cases: [what: string, text: string, pixels: number][] = [
    ['nothing', svg('<circle r="5"/>'), 0],
    ['a picture', image(base64(png)), 60_000],
    ['two of them', svg(`<image href="${base64(png)}"/>`.repeat(2)), 120_000],
    ['by its bytes, whatever its type says', image(base64(png, 'text/plain')), 60_000],
    ['with space in it', image(`data:;base64,${btoa(png).replace(/.{7}/gu, '$&\n ')}`), 60_000],
    ['not in Base64', image(`data:image/png,${escape(png)}`), 60_000],
    ['in style', svg(`<style>g { background: url(${base64(png)}) }</style>`), 60_000],
    ['escaped for XML', image(base64(png).replace('data', '&#100;&#x61;ta')), 60_000],
    [
      'escaped for CSS',
      svg(`<style>g { b: url(${base64(png).replace('d', '\\64 ')}) }</style>`),
      60_000,
    ],
    ['in a drawing inside', image(base64(image(base64(png)), 'image/svg+xml')), 60_000],
    ['in one not in Base64', image(`data:image/svg+xml,${escape(image(base64(png)))}`), 60_000],
    ['an address without an end', 'data:', 0],
    ['no Base64', image('data:image/png;base64,A====é'), 0],
  ];
  test.each(cases)('%s', (_, text, pixels) => expect(pixelsInside(text)).toBe(pixels));

  test('drawings in drawings without end are never drawn', () => {
    let text = image(base64(png));
    for (let depth = 0; depth < 6; depth++) text = image(base64(text, 'image/svg+xml'));
    expect(pixelsInside(text)).toBe(Infinity);
  });
});

test('one of more than a hundred megapixels is refused', () => {
  const refuse = (side: number) =>
    refuseDrawing(new TextEncoder().encode(image(base64(pngStart(side, side)))), 'a.svg');
  expect(refuse(10_000)).toBeNull();
  expect(refuse(20_000)).toEqual({
    ok: false,
    problem: { code: 'drawing-too-large', file: 'a.svg', megapixels: 400, maxMegapixels: 100 },
  });
});

function escape(bytes: string): string {
  return bytes.replace(
    /[^a-z\d]/giu,
    (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
