import { expect, type Locator, type Page } from '@playwright/test';
import { LONG } from './long.ts';

/** Where a classifier is written in one format or another. */
export class ExportPanel {
  readonly #page: Page;
  readonly #place: Locator;

  /** @param place that it lies in. */
  constructor(page: Page, place: Locator) {
    this.#page = page;
    this.#place = place;
  }

  async chooseFormat(name: string): Promise<void> {
    await this.choose('Format', name);
  }

  async choose(field: string, name: string): Promise<void> {
    await this.#place.getByRole('combobox', { name: new RegExp(`^${field}:`, 'u') }).click();
    await this.#page.getByRole('option', { name, exact: true }).click();
  }

  /** Writes the classifier in the chosen format and waits until it is checked. */
  async write(): Promise<void> {
    await this.startToWrite();
    await expect(this.#place.getByRole('button', { name: 'Write it again' })).toBeVisible(LONG);
  }

  async startToWrite(): Promise<void> {
    await this.#place.getByRole('button', { name: 'Write it', exact: true }).click();
  }
}
