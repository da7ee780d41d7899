import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { drop, drops, makeApp, type Made } from '../state/testing/make-app.ts';
import App from './App.svelte';

async function show(): Promise<Made> {
  const made = await makeApp();
  await page.viewport(1280, 900);
  render(App, { app: made.app });
  return made;
}

/** A file dropped on an element, or on the window. */
function dropOn(target: EventTarget, name: string): void {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(['hat 77'], name, { type: 'image/png' }));
  target.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true }));
  target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('an empty page says what to do and holds the buttons that do it', async () => {
  await show();
  for (const name of ['Choose pictures', 'Choose a folder', 'Try with sample pictures']) {
    await expect.element(page.getByRole('button', { name })).toBeVisible();
  }
  await expect.element(page.getByRole('button', { name: 'Train' })).toBeDisabled();
});

test('from pictures to a result, with the pictures behind a cell', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 12));
  await expect.element(page.getByText('24 pictures in 2 classes')).toBeVisible();
  await page.getByRole('button', { name: 'Train' }).click();
  await expect.element(page.getByText(/^100\s% right/u)).toBeVisible();
  await expect.element(page.getByText(/pictures are too few to tell/u)).toBeVisible();
  await page.getByRole('button', { name: /^hat: \d right/u }).click();
  const dialog = page.getByRole('dialog', { name: 'hat, recognised' });
  await expect.element(dialog.getByRole('option').first()).toHaveTextContent(/\d\s% sure/u);
});

test('what keeps from training is said before', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat'], 3));
  await expect.element(page.getByText(/^One class is not enough/u)).toBeVisible();
  await page.getByRole('button', { name: 'New class' }).click();
  await expect.element(page.getByText(/has no pictures yet/u)).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Train' })).toBeDisabled();
});

test('labels are text, whatever they look like', async () => {
  const { app } = await show();
  const labels = ['<img src=x onerror=alert(1)>', '__proto__', 'قميص', '{{count}}'];
  await app.arrival.addFiles(labels.map((label) => drop(`${label}/1.png`, `hat ${label}`)));
  for (const label of labels) {
    const name = page.getByRole('textbox', {
      name: new RegExp(`^Name of class .?${escape(label)}`),
    });
    await expect.element(name).toHaveValue(label);
  }
  expect(document.querySelector('img[src="x"]')).toBeNull();
});

test('a name that is refused stays to be corrected, and says why', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 2));
  const name = page.getByRole('textbox', { name: 'Name of class hat' });
  await name.fill('shoes');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/There is a class called/u)).toBeVisible();
  await expect.element(name).toHaveValue('shoes');
  await name.fill('cap');
  await userEvent.keyboard('{Enter}');
  expect(app.project.classes.map(({ label }) => label)).toEqual(['cap', 'shoes']);
});

test('a drop goes into the class under it, else into the project', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 2));
  const [, shoes] = app.project.classes;
  const name = page.getByRole('textbox', { name: 'Name of class shoes' });
  await expect.element(name).toBeVisible();
  dropOn(name.element(), 'a.png');
  await expect.poll(() => app.project.byClass.get(shoes?.id ?? '')?.length).toBe(3);
  dropOn(document.body, 'b.png');
  await expect.poll(() => app.project.classes.length).toBe(3);
});

test('pictures are selected by keyboard, removed, and brought back', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 9));
  await page.getByRole('button', { name: 'Show all 9 pictures in hat' }).click();
  (page.getByRole('listbox').element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  await expect.element(page.getByText('3 selected')).toBeVisible();
  await userEvent.keyboard('{Delete}');
  await expect.poll(() => app.project.samples.length).toBe(15);
  await userEvent.keyboard('{Escape}');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => app.project.samples.length).toBe(18);
});

test('keys go back and forward over what was done, but not while typing', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 3));
  app.project.removeClass(app.project.classes[0]?.id ?? '');
  await expect
    .element(page.getByRole('button', { name: 'Undo removing the class hat' }))
    .toBeVisible();
  await userEvent.keyboard('{Control>}z{/Control}');
  expect(app.project.classes).toHaveLength(2);
  await expect.element(page.getByText(/Undone:/u)).toBeVisible();
  await userEvent.keyboard('{Control>}{Shift>}Z{/Shift}{/Control}');
  expect(app.project.classes).toHaveLength(1);
  await userEvent.keyboard('{Control>}z{/Control}');
  await userEvent.keyboard('{Control>}y{/Control}');
  expect(app.project.classes).toHaveLength(1);
  await page.getByRole('textbox', { name: 'Name of class shoes' }).click();
  await userEvent.keyboard('{Control>}z{/Control}');
  expect(app.project.classes).toHaveLength(1);
});

test('a class goes up and down by keyboard and keeps the focus', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['cap', 'hat', 'shoes'], 1));
  const name = page.getByRole('textbox', { name: 'Name of class shoes' });
  await name.click();
  await userEvent.keyboard('{Alt>}{ArrowUp}{ArrowUp}{ArrowUp}{/Alt}');
  await expect
    .poll(() => app.project.classes.map(({ label }) => label))
    .toEqual(['shoes', 'cap', 'hat']);
  await expect.element(name).toHaveFocus();
});

test('pictures that lose their label stand in a group of their own until they have one again', async () => {
  const { app } = await show();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 2));
  app.project.moveSamples([app.project.samples[0]?.id ?? ''], null);
  await page.getByRole('button', { name: 'Show the picture in No label yet' }).click();
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: 'Move to' }).click();
  await page.getByRole('menuitem', { name: 'shoes' }).click();
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => app.project.unlabelled.length).toBe(0);
  await expect.element(page.getByRole('heading', { name: 'No label yet' })).not.toBeInTheDocument();
});

test('projects are listed with what is in them, and one is opened in place of another', async () => {
  const { app } = await show();
  app.project.rename('Hats <b>');
  await app.arrival.addFiles(drops(['hat', 'cap'], 3));
  await app.workspace.create();
  await page.getByRole('button', { name: 'Projects', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Projects' });
  await expect.element(dialog.getByText('6 pictures in 2 classes')).toBeVisible();
  await expect.element(dialog.getByText('No pictures yet')).toBeVisible();
  await dialog.getByRole('button', { name: 'Open Hats <b>' }).click();
  await expect.poll(() => app.project.samples.length).toBe(6);
  await expect.element(page.getByText('6 pictures in 2 classes')).toBeVisible();
});

test('leaving the page gives every picture’s memory back', async () => {
  const made = vi.spyOn(URL, 'createObjectURL');
  const returned = vi.spyOn(URL, 'revokeObjectURL');
  const { app } = await makeApp();
  await app.arrival.addFiles(drops(['hat', 'shoes'], 6));
  const { unmount } = render(App, { app });
  await expect.poll(() => made.mock.calls.length).toBe(12);
  await unmount();
  expect(returned).toHaveBeenCalledTimes(12);
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
