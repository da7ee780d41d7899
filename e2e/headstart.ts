import { expect, type Download, type Locator, type Page } from '@playwright/test';
import { BUILT_IN } from '../src/core/backbone-catalogue.ts';
import { dropPaths } from './drag.ts';
import { ExportPanel } from './export-panel.ts';
import type { MemoryFile } from './fixtures/shapes.ts';
import { LONG } from './long.ts';

/** Numbers and their units stand a thin, unbreakable space apart. */
const GAP = '\\s?';
const BARS = 'How sure it is of each class';

/** A bar: its label and its share in per cent, as shown. */
export interface Bar {
  readonly label: string;
  readonly percent: number;
}

export async function readBars(bars: Locator): Promise<Bar[]> {
  const lines = await bars.getByRole('listitem').allInnerTexts();
  return lines.map((line) => {
    const [share = ''] = /(?<!\d)\d+\s?%$/u.exec(line.trim()) ?? [];
    const label = line
      .trim()
      .slice(0, line.trim().length - share.length)
      .trim();
    return { label, percent: Number.parseInt(share || '0', 10) };
  });
}

export function bestOf(bars: readonly Bar[]): Bar {
  const [best] = bars.toSorted((a, b) => b.percent - a.percent);
  if (best === undefined) throw new Error('there are no bars');
  return best;
}

/** The app as a person meets it: by roles and visible names only. */
export class Headstart {
  readonly pictures: Locator;
  readonly training: Locator;
  readonly trial: Locator;
  readonly exporting: ExportPanel;
  readonly notices: Locator;

  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.pictures = page.getByRole('region', { name: 'Pictures', exact: true });
    this.training = page.getByRole('region', { name: 'Training', exact: true });
    this.trial = page.getByRole('region', { name: 'Try it', exact: true });
    this.exporting = new ExportPanel(page, this.trial);
    this.notices = page.getByRole('region', { name: 'Notices' });
  }

  /**
   * Opens the app with its built-in backbone, which is there on every machine.
   *
   * @param query more of the address, such as `backend=webgl`.
   */
  async open(query = ''): Promise<void> {
    await this.page.goto(`./?backbone=${BUILT_IN.id}&${query}`);
    await expect(this.pictures).toBeVisible(LONG);
  }

  /** Opens the app as a person does: it looks for a MobileNet, and begins without one. */
  async visit(): Promise<void> {
    await this.page.goto('./');
    await expect(this.pictures).toBeVisible(LONG);
  }

  /** Opens the app and waits until the MobileNet of the site is in use. */
  async openWithMobilenet(): Promise<void> {
    await this.visit();
    await this.isUsing('MobileNet');
  }

  /** Waits until the backbone is loaded: its name alone is shown from when it is looked for. */
  async isUsing(backbone: string): Promise<void> {
    const name = new RegExp(`^What computes: ${backbone}.*(?<!, getting ready)$`);
    await expect(this.page.getByRole('button', { name })).toBeVisible(LONG);
  }

  // What computes

  engineButton(): Locator {
    return this.page.getByRole('button', { name: /^What computes:/ });
  }

  async expectBackend(name: string): Promise<void> {
    await expect(
      this.page.getByRole('button', { name: new RegExp(`^What computes: .*${name}`) }),
    ).toBeVisible(LONG);
  }

  /** @returns what the panel that tells of the backend and the backbone says. */
  async engineDetails(): Promise<string> {
    const backbone = this.page.getByRole('term').filter({ hasText: 'SHA-256' });
    await this.engineButton().click();
    await expect(backbone).toBeVisible(LONG);
    // The panel lies over the page and has no name of its own: all that is shown is read.
    const text = await this.page.locator('body').innerText();
    await this.page.keyboard.press('Escape');
    await expect(backbone).toBeHidden();
    return text;
  }

  // Pictures

  async addSampleSet(): Promise<void> {
    await this.pictures.getByRole('button', { name: 'Try with sample pictures' }).click();
    await this.isSettled();
  }

  /** Drops files and folders onto the page, beside its three places, and waits until all are looked at. */
  async drop(...paths: readonly string[]): Promise<void> {
    await this.dropOn(this.page.getByRole('banner'), ...paths);
  }

  /** Drops onto one thing, such as a class's card. */
  async dropOn(target: Locator, ...paths: readonly string[]): Promise<void> {
    await target.scrollIntoViewIfNeeded();
    await this.dismissNotices();
    await this.letGoOn(target, ...paths);
    await this.isSettled();
  }

  /** Drops and doesn't wait for anything. */
  async letGoOn(target: Locator, ...paths: readonly string[]): Promise<void> {
    const box = await target.boundingBox();
    if (box === null) throw new Error('the target of the drop is not shown');
    await dropPaths(this.page, paths, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }

  /** What is said from now on is news. */
  async dismissNotices(): Promise<void> {
    const dismiss = this.notices.getByRole('button', { name: 'Dismiss' });
    while ((await dismiss.count()) > 0) {
      // It may just have gone by itself.
      await dismiss
        .first()
        .click({ timeout: 2000 })
        .catch(() => undefined);
    }
  }

  /** Removes everything. */
  async startOver(): Promise<void> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: 'Start over' }).click();
    await this.page.getByRole('button', { name: 'Remove everything' }).click();
    await expect(
      this.pictures.getByRole('button', { name: 'Try with sample pictures' }),
    ).toBeVisible();
  }

  arrivalProgress(): Locator {
    return this.pictures.getByRole('progressbar', { name: 'Adding pictures' });
  }

  /** Something has arrived and nothing is still on its way. */
  async isSettled(): Promise<void> {
    await expect(this.notices.getByRole('listitem').first()).toBeVisible(LONG);
    await expect(this.arrivalProgress()).toBeHidden(LONG);
  }

  classCard(label: string): Locator {
    const name = this.page.getByRole('textbox', { name: `Name of class ${label}`, exact: true });
    return this.pictures.getByRole('article').filter({ has: name });
  }

  /** The classes' names, as shown. */
  async classNames(): Promise<string[]> {
    const names = await this.pictures.getByRole('textbox', { name: /^Name of class / }).all();
    return Promise.all(names.map((name) => name.inputValue()));
  }

  /** @returns how many pictures there are, as the head of the place says. */
  async pictureCount(): Promise<number> {
    const summary = this.pictures.getByText(/^[\d,]+ pictures? in \d+ class/);
    if ((await summary.count()) === 0) return 0;
    return Number.parseInt(((await summary.textContent()) ?? '0').replace(',', ''), 10);
  }

  async expectPictures(pictures: number, classes: number): Promise<void> {
    const summary = `${pictures.toLocaleString('en')} ${pictures === 1 ? 'picture' : 'pictures'} in ${String(classes)} ${classes === 1 ? 'class' : 'classes'}`;
    await expect(this.pictures.getByText(summary, { exact: true })).toBeVisible(LONG);
  }

  async expectClass(label: string, count: number): Promise<void> {
    const strip =
      count === 1
        ? `Show the picture in ${label}`
        : `Show all ${String(count)} pictures in ${label}`;
    await expect(this.pictures.getByRole('button', { name: strip, exact: true })).toBeVisible(LONG);
  }

  /** Opens the list of files that were left out or that there is a doubt about, and returns its lines. */
  async leftOut(of = /left out/): Promise<string[]> {
    const notice = this.notices.getByRole('listitem').filter({ hasText: of });
    await notice.getByRole('button', { name: 'See them' }).first().click();
    const lines = this.page.getByRole('dialog').getByRole('listitem');
    await expect(lines.first()).toBeVisible();
    const texts = await lines.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return texts;
  }

  /** Chooses from a class's menu. */
  async onClass(label: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `More for ${label}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  // Projects

  async nameProject(name: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Project name' });
    await field.fill(name);
    await field.press('Enter');
  }

  /** @returns the list of projects. */
  async openProjects(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Projects', exact: true }).click();
    const list = this.page.getByRole('dialog', { name: 'Projects' });
    await expect(list.getByRole('article').first()).toBeVisible();
    return list;
  }

  /** Chooses from the menu of a project in the list. */
  async onProject(name: string, item: string): Promise<void> {
    const list = this.page.getByRole('dialog', { name: 'Projects' });
    await list.getByRole('button', { name: `More for ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  // Training

  trainButton(): Locator {
    return this.training.getByRole('button', { name: /^Train( again)?$/ });
  }

  /** Trains and waits for the result. */
  async train(): Promise<void> {
    await expect(this.trainButton()).toBeEnabled(LONG);
    await this.trainButton().click();
    await this.isTrained();
  }

  async isTrained(): Promise<void> {
    await expect(this.training.getByRole('button', { name: 'Train again' })).toBeEnabled(LONG);
    await expect(this.accuracyText()).toBeVisible(LONG);
  }

  accuracyText(): Locator {
    return this.training.getByText(new RegExp(`^\\d+${GAP}%${GAP}right`)).first();
  }

  /** In per cent, as shown. */
  async accuracy(): Promise<number> {
    return Number.parseInt((await this.accuracyText().innerText()) || 'NaN', 10);
  }

  /** @returns how many judged pictures were right: the diagonal of the confusion matrix. */
  async rightAnswers(): Promise<number> {
    const cells = this.training.getByRole('button', { name: /: (none|\d+) right$/ });
    const names = await cells.evaluateAll((all) =>
      all.map((cell) => cell.getAttribute('aria-label') ?? ''),
    );
    return names.reduce((sum, name) => sum + Number(/: (\d+) right$/.exec(name)?.[1] ?? 0), 0);
  }

  async openOptions(): Promise<void> {
    await this.training.getByRole('button', { name: /^Options/ }).click();
  }

  /** Has the head fitted epoch by epoch. The options are open. */
  async fitStepByStep(): Promise<void> {
    await this.training.getByRole('radio', { name: 'Step by step' }).click();
  }

  /** Types a value into the option of that name and leaves it. */
  async setOption(name: string, value: string): Promise<void> {
    const field = this.training
      .getByRole('textbox', { name })
      .or(this.training.getByRole('spinbutton', { name }))
      .first();
    await field.fill(value);
    await field.press('Enter');
  }

  // Try it

  /** @returns the label that the app gives a picture it is shown. */
  async classify(file: MemoryFile): Promise<string> {
    await this.tryFiles([file]);
    return bestOf(await this.answersTo(file.name)).label;
  }

  async tryFiles(files: readonly MemoryFile[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.trial.getByRole('button', { name: 'Choose pictures' }).click();
    await (await chooser).setFiles(files.map((file) => ({ ...file })));
  }

  /** The card of a picture that was tried. */
  tried(name: string): Locator {
    return this.trial
      .getByRole('list', { name: 'Pictures you tried' })
      .locator(':scope > li')
      .filter({ hasText: name });
  }

  /** @returns the bars of a tried picture, once there is an answer. */
  async answersTo(name: string): Promise<Bar[]> {
    const bars = this.tried(name).getByRole('list', { name: BARS });
    await expect(bars).toBeVisible(LONG);
    return readBars(bars);
  }

  /** @returns the label with the longest bar under the camera. */
  async bestOfCamera(): Promise<string> {
    const bars = this.trial.getByRole('list', { name: BARS }).first();
    return (await bars.isVisible()) ? bestOf(await readBars(bars)).label : '';
  }

  // Export

  async download(): Promise<Download> {
    const download = this.page.waitForEvent('download', LONG);
    await this.page.getByRole('button', { name: /^Download/ }).click();
    return download;
  }
}
