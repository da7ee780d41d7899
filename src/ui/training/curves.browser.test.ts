import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { EpochReport } from '../../core/head.ts';
import '../styles/tokens.css';
import Curves from './Curves.svelte';

function epochs(count: number, judged = true): EpochReport[] {
  return Array.from({ length: count }, (_, index) => ({
    epoch: index + 1,
    learningRate: 0.001,
    l2: 0.05,
    loss: 2 / (index + 1),
    accuracy: 1 - 0.5 / (index + 1),
    validationLoss: judged ? 2.5 / (index + 1) : null,
    validationAccuracy: judged ? 1 - 0.6 / (index + 1) : null,
  }));
}

test('tells in words what it draws', async () => {
  render(Curves, { history: epochs(4), bestEpoch: 3 });
  const accuracy = page.getByRole('img', { name: /^Accuracy over 4 epochs/ });
  await expect
    .element(accuracy)
    .toHaveAttribute('aria-label', expect.stringMatching(/50\s% to 88\s%.*40\s% to 85\s%/u));
  await expect.element(page.getByText('Epoch 3 was the best and was kept.')).toBeVisible();
});

test('without pictures kept aside it speaks of one curve only', async () => {
  render(Curves, { history: epochs(2, false), bestEpoch: 2 });
  const loss = page.getByRole('img', { name: /^Loss over 2 epochs/ });
  await expect.element(loss).toHaveAttribute('aria-label', expect.not.stringContaining('aside'));
});

test('new epochs redraw the same plot, and leaving takes it away', async () => {
  const { container, rerender, unmount } = render(Curves, { history: epochs(2), bestEpoch: null });
  const canvas = container.querySelector('canvas');
  expect(canvas).not.toBeNull();
  await rerender({ history: epochs(30) });
  await expect.element(page.getByRole('img', { name: /over 30 epochs/ }).first()).toBeVisible();
  expect(container.querySelector('canvas')).toBe(canvas);
  expect(container.querySelectorAll('canvas')).toHaveLength(2);
  await unmount();
  expect(document.querySelector('canvas')).toBeNull();
});

test('the table has every figure', async () => {
  render(Curves, { history: epochs(3), bestEpoch: 1 });
  await page.getByText('Curves as a table').click();
  await expect.element(page.getByRole('row')).toHaveLength(4);
  await expect.element(page.getByRole('cell', { name: '2.5', exact: true })).toBeVisible();
});

test('a loss beyond all numbers does not break the drawing', async () => {
  const broken = epochs(3).map((report) => ({ ...report, loss: Number.NaN }));
  render(Curves, { history: broken, bestEpoch: null });
  await expect.element(page.getByRole('img', { name: /^Loss/ })).toBeVisible();
});

/** Three strengths of two iterations each. */
const path = epochs(6).map((report, index) => ({
  ...report,
  learningRate: null,
  l2: 0.4 / 4 ** Math.floor(index / 2),
}));

test('of the exact solver it tells of iterations and of the penalties that were tried', async () => {
  render(Curves, { history: path, bestEpoch: 4 });
  await expect.element(page.getByRole('img', { name: /^Loss over 6 iterations/ })).toBeVisible();
  await expect.element(page.getByText(/from 0\.4 to 0\.025 were tried/)).toBeVisible();
  await expect.element(page.getByText(/0\.1 was kept \(iteration 4\)/)).toBeVisible();
  await page.getByText('Curves as a table').click();
  await expect.element(page.getByRole('columnheader', { name: 'L2 penalty' })).toBeVisible();
  await expect.element(page.getByRole('cell', { name: '0.025', exact: true })).toHaveLength(2);
});

test('of one penalty it tells that its optimum was found', async () => {
  render(Curves, { history: path.slice(0, 2), bestEpoch: 2 });
  await expect
    .element(
      page.getByText(/best weights there are at an L2 penalty of 0\.4, found in iteration 2/),
    )
    .toBeVisible();
});
