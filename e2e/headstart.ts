import { expect, type Download, type Locator, type Page } from '@playwright/test';
import { dropPaths } from './drag.ts';
import type { MemoryFile } from './fixtures/shapes.ts';

/** Numbers and their units stand a thin, unbreakable space apart. */
const GAP = '[\\s\\u202f]';

/** The app as a person meets it: by roles and visible names only. */
export class Headstart {
  readonly pictures: Locator;
  readonly training: Locator;
  readonly trial: Locator;

  constructor(readonly page: Page) {
    this.pictures = page.getByRole('region', { name: 'Pictures', exact: true });
    this.training = page.getByRole('region', { name: 'Training', exact: true });
    this.trial = page.getByRole('region', { name: 'Try it', exact: true });
  }

  /** Opens the app and waits until it can embed. */
  async open(query = ''): Promise<void> {
    await this.page.goto(`./${query}`);
    await this.isReady();
  }

  async isReady(): Promise<void> {
    await expect(this.page.getByRole('button', { name: /^What computes: MobileNetV2/ })).toBeVisible({ timeout: 60_000 });
  }

  // Pictures

  async addSampleSet(): Promise<void> {
    await this.pictures.getByRole('button', { name: 'Try with sample pictures' }).click();
    await this.isSettled();
  }

  /** Drops files and folders onto the page and waits until all are looked at. */
  async drop(...paths: readonly string[]): Promise<void> {
    await dropPaths(this.page, paths);
    await this.isSettled();
  }

  /** No more pictures are arriving. */
  async isSettled(): Promise<void> {
    await expect(this.pictures.getByRole('progressbar', { name: 'Adding pictures' })).toBeHidden({ timeout: 120_000 });
  }

  classCard(label: string): Locator {
    return this.pictures.getByRole('listitem').filter({ has: this.page.getByRole('textbox', { name: `Name of class ${label}`, exact: true }) });
  }

  async expectClass(label: string, count: number): Promise<void> {
    await expect(this.classCard(label)).toBeVisible({ timeout: 60_000 });
    await expect(this.classCard(label).getByText(new RegExp(`^${String(count)}(\\s|$)`)).first()).toBeVisible({ timeout: 60_000 });
  }

  // Training

  trainButton(): Locator {
    return this.training.getByRole('button', { name: /^Train( again)?$/ });
  }

  /** Trains and waits for the result. */
  async train(): Promise<void> {
    await this.trainButton().click();
    await this.isTrained();
  }

  async isTrained(): Promise<void> {
    await expect(this.training.getByRole('button', { name: 'Train again' })).toBeVisible({ timeout: 120_000 });
    await expect(this.accuracyText()).toBeVisible();
  }

  accuracyText(): Locator {
    return this.training.getByText(new RegExp(`^\\d+${GAP}%${GAP}right$`)).first();
  }

  /** In per cent, as shown. */
  async accuracy(): Promise<number> {
    return Number.parseInt((await this.accuracyText().textContent()) ?? '', 10);
  }

  // Try it

  async tryFiles(files: readonly MemoryFile[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.trial.getByRole('button', { name: 'Choose pictures' }).click();
    await (await chooser).setFiles(files.map((file) => ({ ...file })));
  }

  // Export

  async download(): Promise<Download> {
    const download = this.page.waitForEvent('download', { timeout: 60_000 });
    await this.page.getByRole('button', { name: 'Download' }).click();
    return download;
  }
}
