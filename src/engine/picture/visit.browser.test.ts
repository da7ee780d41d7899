import { describe, expect, it, vi } from 'vitest';
import type { Result } from '../../core/problem.ts';
import { drawJpeg, orientJpeg } from '../testing/jpegs.ts';
import { drawPicture } from '../testing/pictures.ts';
import { hashOf } from '../../core/hash.ts';
import { visitFile, type Aim, type Looked, type SentInspection } from './visit.ts';

const SIDE_PX = 64;
const aim: Aim<number> = { crop: 'centre', sidePx: SIDE_PX, use: (input) => input.length };

async function look(file: File, wanted: Aim<number> | null = aim): Promise<Looked<number>> {
  const outcome: Result<Looked<number>> | 'svg' = await visitFile(file, wanted);
  if (outcome === 'svg' || !outcome.ok) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

async function thumbnailOf({ thumbnail }: SentInspection): Promise<ImageBitmap> {
  if (thumbnail === null) throw new Error('it has no thumbnail');
  return createImageBitmap(new Blob([thumbnail.bytes], { type: thumbnail.type }));
}

/** Counts what is asked of files and pictures while some work is done. */
async function counting(work: () => Promise<unknown>): Promise<{ reads: number; decodes: number }> {
  const reads = vi.spyOn(File.prototype, 'arrayBuffer');
  const bitmaps = vi.spyOn(globalThis, 'createImageBitmap');
  const reduced = vi.spyOn(ImageDecoder.prototype, 'decode');
  try {
    await work();
    const decoded = bitmaps.mock.calls.filter(([source]) => source instanceof Blob);
    return {
      reads: reads.mock.calls.length,
      decodes: decoded.length + reduced.mock.calls.length,
    };
  } finally {
    vi.restoreAllMocks();
  }
}

describe('a visit', () => {
  it('reads and decodes a file once, small or large', async () => {
    const small = await drawPicture('discs', 1, 'image/jpeg');
    const large = new File([await drawJpeg(1200, 900)], 'large.jpg', { type: 'image/jpeg' });
    await look(small);
    for (const file of [small, large])
      expect(await counting(() => look(file))).toEqual({ reads: 1, decodes: 1 });
  });

  it('hands out hash, input, thumbnail and what to keep', async () => {
    const file = await drawPicture('stripes', 2, 'image/png', 500, 200);
    const { inspection, made } = await look(file);
    expect(made).toBe(SIDE_PX * SIDE_PX * 3);
    expect(inspection).toMatchObject({ widthPx: 500, heightPx: 200 });
    expect(inspection.hash).toBe(await hashOf(await file.arrayBuffer()));
    expect(inspection.content).toEqual({
      type: 'image/png',
      bytes: new Uint8Array(await file.arrayBuffer()),
    });
    const thumbnail = await thumbnailOf(inspection);
    expect([inspection.thumbnail?.type, thumbnail.width, thumbnail.height]).toEqual([
      'image/jpeg',
      192,
      77,
    ]);
  });

  it('takes bytes that were read before, and leaves them to whoever sent them', async () => {
    const file = await drawPicture('stripes', 2, 'image/png', 500, 200);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const looked = await visitFile({ name: 'a.png', bytes }, aim);
    if (looked === 'svg' || !looked.ok) throw new Error('it was refused');
    const { inspection } = await look(file);
    expect(looked.value.inspection).toEqual({ ...inspection, content: null });
  });

  it.each([
    [true, 640, 480, 0],
    [false, 641, 480, 0],
    [false, 640, 480, 60_000],
  ])('makes a thumbnail unless a JPEG is small: %s', async (isOwn, width, height, more) => {
    const file = new File([await drawJpeg(width, height), new Uint8Array(more)], 'a.jpg');
    expect((await look(file)).inspection.thumbnail === null).toBe(isOwn);
  });

  it('shows what is clear as white', async () => {
    const canvas = new OffscreenCanvas(40, 40);
    canvas.getContext('2d');
    const file = new File([await canvas.convertToBlob()], 'clear.png');
    const picture = await thumbnailOf((await look(file)).inspection);
    const context = canvas.getContext('2d');
    context?.drawImage(picture, 0, 0);
    expect([...(context?.getImageData(20, 20, 1, 1).data ?? [])]).toEqual([255, 255, 255, 255]);
  });

  it.each([
    [1, 1200, 800],
    [6, 800, 1200],
    [8, 800, 1200],
  ])('knows the full size of a large JPEG with orientation %i', async (orientation, w, h) => {
    const file = new File([orientJpeg(await drawJpeg(1200, 800), orientation)], 'turned.jpg');
    const { inspection } = await look(file);
    expect([inspection.widthPx, inspection.heightPx]).toEqual([w, h]);
    expect((await look(file, null)).inspection).toMatchObject({ widthPx: w, heightPx: h });
  });

  it.each<[string, File]>([
    ['file-empty', new File([], 'a.png')],
    ['file-not-an-image', new File(['no picture'], 'a.png')],
    ['file-damaged', new File([Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0])], 'a.png')],
  ])('says %s', async (code, file) => {
    expect(await visitFile(file, aim)).toEqual({ ok: false, problem: { code, file: 'a.png' } });
  });

  it('leaves an SVG to the page', async () => {
    expect(await visitFile(new File(['<svg xmlns="x"/>'], 'a.svg'), aim)).toBe('svg');
  });
});
