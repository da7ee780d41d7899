import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../styles/tokens.css';
import { evaluateConfusion } from '../../core/evaluation.ts';
import Headline from './Headline.svelte';

/** So many classes, each with two pictures of which one is right. */
function evaluationOf(classes: number) {
  return evaluateConfusion(
    Array.from({ length: classes }, (_, shown) =>
      Array.from({ length: classes }, (_, given) =>
        given === shown || given === (shown + 1) % classes ? 1 : 0,
      ),
    ),
  );
}

const CASES = [2, 3, 10, 81, 1000].flatMap((classes) =>
  [200, 320, 900].map((widthPx) => ({ classes, widthPx })),
);

test.each(CASES)(
  'no figure of the scale lies over another: $classes classes, $widthPx px',
  async ({ classes, widthPx }) => {
    await page.viewport(widthPx, 600);
    render(Headline, { evaluation: evaluationOf(classes), judgedBy: 'validation' });
    const figures = Array.from(document.querySelectorAll('.ticks > span'));
    expect(figures.map(({ textContent }) => textContent)).toHaveLength(3);
    // What is written, not the box that it stands in.
    const written = figures.map((figure) => {
      const range = document.createRange();
      range.selectNodeContents(figure);
      return range.getBoundingClientRect();
    });
    for (const [index, { right }] of written.slice(0, -1).entries())
      expect(right).toBeLessThan(written[index + 1]?.left ?? 0);
    expect(written.at(-1)?.right).toBeLessThanOrEqual(document.documentElement.clientWidth);
  },
);

test('guessing stands below its mark where there is room', async () => {
  await page.viewport(900, 600);
  render(Headline, { evaluation: evaluationOf(4), judgedBy: 'validation' });
  const mark = document.querySelector('.chance')?.getBoundingClientRect();
  const label = document.querySelectorAll('.ticks > span')[1]?.getBoundingClientRect();
  expect(Math.abs((label?.left ?? 0) - (mark?.left ?? 1000))).toBeLessThan(8);
});
