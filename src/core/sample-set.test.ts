import { expect, test } from 'vitest';
import { folderLabelOf } from './labels.ts';
import { drawSampleSet, SAMPLES_A_CLASS } from './sample-set.ts';

test('four classes of equal size, named by their folders', () => {
  const labels = drawSampleSet(1).map(({ path }) => folderLabelOf(path).label);
  expect([...new Set(labels)]).toEqual(['fish', 'flower', 'house', 'rocket']);
  expect(labels.filter((label) => label === 'house')).toHaveLength(SAMPLES_A_CLASS);
});

test('the same seed draws the same pictures, another seed others, and no two are alike', () => {
  const set = drawSampleSet(1);
  expect(drawSampleSet(1)).toEqual(set);
  expect(drawSampleSet(2)).not.toEqual(set);
  expect(new Set(set.map(({ svg }) => svg)).size).toBe(set.length);
  expect(new Set(set.map(({ path }) => path)).size).toBe(set.length);
});

test('every picture is a whole, small SVG of fixed size without foreign references', () => {
  for (const seed of [1, 2, 3]) {
    for (const { svg } of drawSampleSet(seed)) {
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="256" height="256"/u,
      );
      expect(svg.endsWith('</svg>')).toBe(true);
      expect(svg).not.toMatch(/NaN|undefined|Infinity|href/u);
      expect(svg.match(/<g[ >]/gu)?.length).toBe(svg.match(/<\/g>/gu)?.length);
      expect(svg.length).toBeLessThan(20_000);
    }
  }
});
