import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { DEFAULT_TRAINING_OPTIONS, OPTION_RANGES } from '../../core/default-options.ts';
import { type SolverName, solverOf } from '../../core/options.ts';
import { makeApp } from '../../state/testing/make-app.ts';
import WithApp from '../testing/WithApp.svelte';
import Options from './Options.svelte';

async function open(solver: SolverName = 'step-by-step') {
  const { app } = await makeApp();
  app.project.setTraining({ solver });
  render(WithApp, { props: { app, part: Options, partProps: {} } });
  await page.getByRole('button', { name: 'Options' }).click();
  // The options' code comes by itself.
  await expect.element(page.getByRole('radio', { name: 'Exact' })).toBeVisible();
  return app;
}

test('a number out of its range is refused with the range, and what was there stays', async () => {
  const app = await open();
  const epochs = page.getByRole('textbox', { name: 'Epochs' });
  await epochs.fill('0');
  await expect.element(page.getByRole('alert')).toHaveTextContent('from 1 to 10,000');
  await expect.element(epochs).toHaveAttribute('aria-invalid', 'true');
  expect(app.project.options.training.epochs).toBeNull();
  await epochs.fill('2.5');
  await expect.element(page.getByRole('alert')).toHaveTextContent('whole number');
  await epochs.fill('25');
  expect(app.project.options.training.epochs).toBe(25);
  await expect.element(epochs).toHaveAttribute('aria-invalid', 'false');
});

test('emptied, a number is the app’s to choose again; a decimal comma is a point', async () => {
  const app = await open();
  const rate = page.getByRole('textbox', { name: 'Learning rate' });
  await rate.fill('0,02');
  expect(app.project.options.training.learningRate).toBe(0.02);
  await rate.fill('1e9');
  expect(app.project.options.training.learningRate).toBe(1e9);
  await rate.fill('');
  expect(app.project.options.training.learningRate).toBeNull();
  await expect.element(rate).toHaveAttribute('placeholder', expect.stringMatching(/^auto: /u));
});

test('by keyboard: choices, shares and switches', async () => {
  const app = await open();
  (page.getByRole('radio', { name: 'Adam' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(app.project.options.training.optimizer).toBe('sgd');
  await expect.element(page.getByRole('textbox', { name: 'Momentum' })).toBeEnabled();
  (page.getByRole('slider', { name: 'Kept aside' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(app.project.options.training.validationShare).toBe(0.25);
  (page.getByRole('switch', { name: 'Balance the classes' }).element() as HTMLElement).focus();
  await userEvent.keyboard(' ');
  expect(app.project.options.training.balancedClassWeights).toBe(true);
});

test('hidden layers bring their units; all of it goes back to the defaults', async () => {
  const app = await open();
  await page.getByRole('radio', { name: 'Two' }).click();
  expect(app.project.options.training.hiddenUnits).toHaveLength(2);
  await page.getByRole('textbox', { name: 'Units of layer 2' }).fill('12');
  expect(app.project.options.training.hiddenUnits[1]).toBe(12);
  await page.getByRole('button', { name: 'Reset to defaults' }).click();
  expect(app.project.options.training).toEqual(DEFAULT_TRAINING_OPTIONS);
});

test('every option can be found and says what it does', async () => {
  await open();
  const described = [...document.querySelectorAll('[aria-describedby]')];
  for (const element of described) {
    const id = element.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(id)?.textContent).toMatch(/\.$/u);
  }
  const controls = document.querySelectorAll('.option');
  // Each numeric one but the units of layers that are not there, and the nine that are no numbers.
  expect(controls).toHaveLength(Object.keys(OPTION_RANGES).length - 1 + 9);
});

test('the exact solver has only its own options; hidden layers bring the other one, and back', async () => {
  const app = await open('exact');
  await expect.element(page.getByRole('radio', { name: 'Exact' })).toBeChecked();
  for (const name of ['Epochs', 'Learning rate', 'Batch size', 'Patience'])
    expect(page.getByRole('textbox', { name }).elements()).toHaveLength(0);
  await expect.element(page.getByRole('textbox', { name: 'L2 penalty' })).toBeVisible();
  await page.getByRole('radio', { name: 'One', exact: true }).click();
  await expect.element(page.getByRole('radio', { name: 'Step by step' })).toBeChecked();
  await expect.element(page.getByRole('textbox', { name: 'Epochs' })).toBeVisible();
  expect(solverOf(app.project.options.training)).toBe('step-by-step');
  await page.getByRole('radio', { name: 'Exact' }).click();
  expect(app.project.options.training).toEqual(DEFAULT_TRAINING_OPTIONS);
});
