import type { Page } from '@playwright/test';
import { createRandom } from '../src/core/random.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import type { Headstart } from './headstart.ts';
import { expect, test } from './test.ts';

const EDITS = 24;

test('many edits are undone and redone across a reload, and look the same at every step', async ({
  headstart,
  page,
}, info) => {
  test.setTimeout(300_000);
  await headstart.open();
  await headstart.drop(writeLabelled(info.outputPath('set'), drawShapes({ perClass: 6 })));
  await headstart.expectPictures(18, 3);
  const random = createRandom(20);
  const looks = [await look(headstart)];
  const names: string[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    await doSomething(headstart, (count) => Math.floor(random.next() * count), edit);
    looks.push(await look(headstart));
    names.push(await nameOf(page, 'Undo'));
  }

  await page.reload();
  await expect(headstart.pictures).toBeVisible();
  await expect.poll(() => look(headstart)).toEqual(looks.at(-1));
  for (let edit = EDITS - 1; edit >= 0; edit--) {
    expect(await nameOf(page, 'Undo')).toBe(names[edit]);
    // By the button and by the keys in turn.
    if (edit % 2 === 0) await page.getByRole('button', { name: /^Undo / }).click();
    else await press(page, 'Control+z');
    await expect.poll(() => look(headstart)).toEqual(looks[edit]);
  }

  await page.reload();
  await expect(headstart.pictures).toBeVisible();
  await expect.poll(() => look(headstart)).toEqual(looks[0]);
  for (let edit = 0; edit < EDITS; edit++) {
    if (edit % 2 === 0) await page.getByRole('button', { name: /^Redo / }).click();
    else await press(page, 'Control+Shift+z');
    await expect.poll(() => look(headstart)).toEqual(looks[edit + 1]);
  }
  await expect(page.getByRole('button', { name: 'Nothing to redo' })).toBeVisible();
});

test('what was undone is named, and typing keeps its own undo', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 })),
  );
  await headstart.onClass('circle', 'Remove class');
  await headstart.expectPictures(3, 1);
  await press(page, 'Control+z');
  await headstart.expectPictures(6, 2);
  await expect(headstart.notices.getByText(/Undone: removing the class circle/)).toBeVisible();
  await press(page, 'Control+y');
  await headstart.expectPictures(3, 1);
  await expect(headstart.notices.getByText(/Done again: removing the class circle/)).toBeVisible();
  await headstart.notices.getByRole('button', { name: 'Undo' }).click();
  await headstart.expectPictures(6, 2);

  const name = page.getByRole('textbox', { name: 'Name of class circle' });
  await name.press('End');
  await name.pressSequentially('s');
  await name.press('Control+z');
  await headstart.expectPictures(6, 2);
});

/** What a person sees of the project: its name, its classes in their order, how much is in each. */
async function look(headstart: Headstart): Promise<readonly string[]> {
  const name = await headstart.page.getByRole('textbox', { name: 'Project name' }).inputValue();
  const cards = await headstart.pictures
    .getByRole('article')
    .evaluateAll((all) =>
      all.map((card) =>
        [
          card.querySelector('input')?.value ?? card.getAttribute('aria-label') ?? '',
          card.querySelector('.count')?.textContent ?? '',
        ].join(': '),
      ),
    );
  return [name, ...cards];
}

async function nameOf(page: Page, what: 'Undo'): Promise<string> {
  const button = page.getByRole('button', { name: new RegExp(`^${what} `) });
  return (await button.getAttribute('aria-label')) ?? '';
}

async function press(page: Page, keys: string): Promise<void> {
  // Not in a text field, which has an undo of its own.
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.keyboard.press(keys);
}

/** One edit that fits what there is, as a person makes it. */
async function doSomething(
  headstart: Headstart,
  pick: (count: number) => number,
  number: number,
): Promise<void> {
  const { page } = headstart;
  const labels = await headstart.classNames();
  const label = labels[pick(labels.length)] ?? '';
  const last = labels.at(-1) === label;
  switch (labels.length < 3 ? 0 : pick(7)) {
    case 0:
      await headstart.pictures.getByRole('button', { name: 'New class' }).click();
      break;
    case 1: {
      const name = page.getByRole('textbox', { name: `Name of class ${label}`, exact: true });
      await name.fill(`class ${String(number)}`);
      await name.press('Enter');
      break;
    }
    case 2:
      await headstart.onClass(label, last ? 'Move up' : 'Move down');
      break;
    case 3:
      await headstart.onClass(label, 'Merge into…');
      await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click();
      break;
    case 4: {
      const name = page.getByRole('textbox', { name: 'Project name' });
      await name.fill(`project ${String(number)}`);
      await name.press('Enter');
      break;
    }
    case 5:
      await headstart.onClass(label, 'Remove class');
      break;
    default:
      await moveAll(headstart, label, number);
  }
}

/** Takes the label off a class's pictures, or removes some; an empty class gets a new neighbour instead. */
async function moveAll(headstart: Headstart, label: string, number: number): Promise<void> {
  const { page } = headstart;
  const strip = headstart.classCard(label).getByRole('button', { name: /^Show .*picture/ });
  if ((await strip.count()) === 0) {
    await headstart.pictures.getByRole('button', { name: 'New class' }).click();
    return;
  }
  await strip.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('option').first().click();
  if (number % 2 === 0) {
    await dialog.getByRole('button', { name: 'Move to' }).click();
    await page.getByRole('menuitem', { name: 'No label' }).click();
  } else await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}
