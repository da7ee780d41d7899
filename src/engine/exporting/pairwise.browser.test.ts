/**
 * Every two of: the backbone's kind, form, width, side and range, the head's layers and classes, the
 * crop and the format, in some export that its own runtime answers as the engine does.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../core/agreement.ts';
import { at } from '../../core/at.ts';
import type { ModelFile } from '../../core/backbone.ts';
import { openEmbedded } from '../../player/open-embedded.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { askPreview, bringUpClassifier, spreadOf } from '../testing/classifier.ts';
import { describeRow, EXPORT_TABLE, type ExportRow } from '../testing/export-table.ts';
import { writeMobilenet } from '../testing/mobilenets.ts';
import { asFiles } from '../testing/parts.ts';
import { drawPicture } from '../testing/pictures.ts';
import { createExportEngine } from './client.ts';

/** Of a probability. Seen: 1e-5 and 0.015. */
const BOUNDS = { float32: 1e-4, float16: 3e-2 } as const;
const EXPORTS = createExportEngine(() => Promise.resolve('<!-- classifier -->'), 'Headstart test');

let engine: EngineClient;
let pictures: readonly File[];

beforeAll(async () => {
  engine = createEngine();
  // Not the kernel, which the page runs on.
  await engine.start({ backend: 'wasm', runtime: 'tfjs' });
  pictures = await Promise.all([
    drawPicture('stripes', 0),
    drawPicture('discs', 1),
    drawPicture('stripes', 2, 'image/png', 60, 131),
    drawPicture('discs', 3, 'image/png', 300, 220),
  ]);
});
afterAll(() => {
  engine.dispose();
});

/** By what runs such a file: for the page its own code, in this document. */
async function askExport(
  files: readonly ModelFile[],
  { target, crop, sidePx }: ExportRow,
): Promise<Float32Array> {
  const { format } = target;
  if (format === 'page') return askPage(new TextDecoder().decode(at(files, 0).bytes));
  return (await EXPORTS.run(files, { format, crop, sidePx, pictures })).probabilities;
}

async function askPage(html: string): Promise<Float32Array> {
  const carried = new DOMParser().parseFromString(html, 'text/html').querySelectorAll('script');
  document.body.append(...carried);
  try {
    const page = await openEmbedded(() => undefined);
    if (!page.ok) throw new Error(page.problem.code);
    const answers: number[] = [];
    for (const picture of pictures) {
      const answered = await page.value.classify(picture);
      if (!answered.ok) throw new Error(answered.problem.code);
      answers.push(...answered.value.probabilities);
    }
    return Float32Array.from(answers);
  } finally {
    for (const element of carried) element.remove();
  }
}

describe('an export answers as the engine does', () => {
  it.each(EXPORT_TABLE.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const labels = Array.from({ length: row.classes }, (_, index) => `label ${String(index)}`);
    const files = asFiles(writeMobilenet(row));
    const source = await bringUpClassifier(engine, { ...row, files, labels, pictures });
    expect(source.backbone).toMatchObject({ inputSidePx: row.sidePx, inputRange: row.inputRange });
    const wanted = await askPreview(engine, pictures, row.crop);
    // Answers that are all alike, or all sure, would agree for the wrong reason.
    expect(spreadOf(wanted, row.classes)).toBeGreaterThan(0.1);
    expect(Math.max(...wanted)).toBeLessThan(0.999);

    const written = await EXPORTS.write(source, row.target, []);
    if (!written.ok) throw new Error(JSON.stringify(written.problem));
    const answers = await askExport(written.value, row);
    const { largestDifference } = compareAnswers(wanted, answers, row.classes);
    expect(largestDifference).toBeLessThanOrEqual(BOUNDS[row.target.precision]);
  });
});
