import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { evaluateConfusion } from '../../core/evaluation.ts';
import { cellStrength } from './cell-strength.ts';
import Matrix from './Matrix.svelte';

const labels = ['dress', 'hat', '<b>قميص</b>'];
/** Of five dresses two are taken for hats; one hat for a dress; the third class has no picture. */
const confusion = [
  [3, 2, 0],
  [1, 2, 0],
  [0, 0, 0],
];

function show() {
  const onlook = vi.fn();
  const evaluation = evaluateConfusion(confusion);
  render(Matrix, { evaluation, labels, colours: [0, 1, 2], onlook });
  return onlook;
}

test('each cell says what it counts, and opens only where there are pictures', async () => {
  const onlook = show();
  await page.getByRole('button', { name: 'dress taken for hat: 2' }).click();
  expect(onlook).toHaveBeenCalledExactlyOnceWith(0, 1);
  const none = page.getByRole('button', { name: 'hat taken for' }).nth(1);
  await expect.element(none).toHaveAttribute('aria-disabled', 'true');
});

test('one cell is reached by Tab, the others by arrow keys', async () => {
  const onlook = show();
  await userEvent.tab();
  expect(document.activeElement?.getAttribute('aria-label')).toBe('dress: 3 right');
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('hat taken for dress: 1');
  await userEvent.keyboard('{Enter}');
  expect(onlook).toHaveBeenCalledExactlyOnceWith(1, 0);
  await userEvent.keyboard('{End}');
  expect(document.activeElement?.getAttribute('aria-label')).toContain('none right');
});

test('labels stay text', () => {
  show();
  expect(document.querySelector('table b')).toBeNull();
});

test('no figure stands on a colour that neither ink is readable on', () => {
  for (let share = 0; share <= 1; share += 0.01) {
    const right = cellStrength(share, true);
    expect(right <= 66 || right >= 78).toBe(true);
    expect(cellStrength(share, false)).toBeLessThanOrEqual(66);
  }
});
