import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { writeFlat } from '../../e2e/fixtures/folders.ts';
import { drawShapes } from '../../e2e/fixtures/shapes.ts';
import { Headstart } from '../../e2e/headstart.ts';
import { launchWithProfile } from '../../e2e/profile.ts';
import { compare } from '../contest.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import { classLabel, copyMany } from '../pictures.ts';
import { countTraffic, quiet, type Traffic } from '../thread-traffic.ts';

const MANY = 20_000;
const FEW = 500;
const CLASSES = 10;
/** The start of its name: the one that is looked for first. */
const MODEL = 'MobileNet';
/** Copies of so many drawn ones: what is stored counts, not what is on it. */
const DRAWN = { classes: 4, perClass: 25, sidePx: 96 };
/** Thousands of pictures take minutes. */
const PATIENCE = { timeout: 3_600_000 };
const MAX_TIMES = { classes: 1.5, result: 2 };
const MAX_MEGABYTES = 1;
/** After which what was done before no longer disturbs. */
const REST_MILLIS = 2000;
/** A fit after an edit sends something at least so often. */
const QUIET_MILLIS = 5000;

/** Milliseconds from navigation. */
interface Shown {
  readonly classes: number;
  readonly result: number;
}

/** A browser of its own, with pictures on disk. */
interface Kept {
  readonly count: number;
  readonly context: BrowserContext;
}

/** Whether a project of thousands of pictures opens like a small one, and what an edit of it moves. */
export const reopening: Measure = {
  name: 'reopening',
  about: `a kept project of ${String(FEW)} and of ${String(MANY)} pictures opened again, and an edit of it`,
  long: true,
  run: async (bench) => {
    const site = await bench.app();
    const sources = writeFlat(join(bench.scratch, 'small'), drawShapes(DRAWN));
    const kept: Kept[] = [];
    try {
      for (const count of [MANY, FEW]) kept.push(await keep(bench, site, sources, count));
      const found = kept.map((): Shown[] => []);
      // The first round pays for what the browser compiles once.
      for (let round = -1; round < bench.rounds; round++) {
        for (const [index, one] of kept.entries()) {
          const shown = await reopen(site, one);
          if (round >= 0) found[index]?.push(shown);
        }
      }
      const edits: Traffic[] = [];
      for (const one of kept) edits.push(await moveOne(site, one));
      return [
        tableOf('the classes are shown', 'classes', found, []),
        tableOf('the result is shown', 'result', found, [tellEdits(edits)]),
      ];
    } finally {
      for (const { context } of kept) await context.close();
    }
  },
};

/** Adds pictures and trains, as a person does. */
async function keep(
  bench: Bench,
  site: string,
  sources: readonly string[],
  count: number,
): Promise<Kept> {
  const name = `kept ${String(count)}`;
  const folder = copyMany(sources, join(bench.scratch, name), { count, classes: CLASSES });
  const context = await launchWithProfile(chromium, join(bench.scratch, `${name} profile`));
  await inTab(context, async (page) => {
    await page.goto(site);
    const headstart = new Headstart(page);
    await headstart.isUsing(MODEL);
    await headstart.letGoOn(page.getByRole('banner'), folder);
    await headstart.pictures.getByText(summaryOf(count), { exact: true }).waitFor(PATIENCE);
    await headstart.trainButton().click(PATIENCE);
    await headstart.training.getByRole('button', { name: 'Train again' }).waitFor(PATIENCE);
    await headstart.accuracyText().waitFor(PATIENCE);
    await page.waitForTimeout(REST_MILLIS);
  });
  return { count, context };
}

function summaryOf(count: number): string {
  return `${count.toLocaleString('en')} pictures in ${String(CLASSES)} classes`;
}

type ReopenedWindow = Window & { shown?: { classes?: number; result?: number } };

/** In a new tab, while no other computes. */
function reopen(site: string, { context, count }: Kept): Promise<Shown> {
  return inTab(context, async (page) => {
    await page.addInitScript(watchPage, { summary: summaryOf(count), label: classLabel(0) });
    await page.waitForTimeout(REST_MILLIS);
    await page.goto(site);
    const shown = await page.waitForFunction(
      () => {
        const { classes, result } = (window as ReopenedWindow).shown ?? {};
        return classes === undefined || result === undefined ? null : { classes, result };
      },
      null,
      { polling: 250, ...PATIENCE },
    );
    return (await shown.jsonValue()) ?? { classes: Number.NaN, result: Number.NaN };
  });
}

/** The browser's first tab stays empty, and keeps it open. */
async function inTab<T>(context: BrowserContext, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage();
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

/** Runs in the page: it can use nothing of this file but types. */
function watchPage({ summary, label }: { readonly summary: string; readonly label: string }): void {
  const shown: { classes?: number; result?: number } = {};
  (window as ReopenedWindow).shown = shown;
  const observer = new MutationObserver(() => {
    const pictures = document.querySelector('#pictures')?.textContent ?? '';
    const training = document.querySelector('#training')?.textContent ?? '';
    const name = document.querySelector(`input[aria-label="Name of class ${label}"]`);
    if (name !== null && pictures.includes(summary)) shown.classes ??= performance.now();
    if (/\d\s?%\s?right/.test(training)) shown.result ??= performance.now();
    if (shown.classes !== undefined && shown.result !== undefined) observer.disconnect();
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}

/** One picture into another class, and all that is sent for it, the fit that follows included. */
function moveOne(site: string, { context, count }: Kept): Promise<Traffic> {
  return inTab(context, async (page) => {
    await page.goto(site);
    const headstart = new Headstart(page);
    await headstart.accuracyText().waitFor(PATIENCE);
    await headstart.isUsing(MODEL);
    const sent = await countTraffic(page);
    await quiet(page, sent, QUIET_MILLIS);
    const inClass = (count / CLASSES).toLocaleString('en');
    const strip = `Show all ${inClass} pictures in ${classLabel(0)}`;
    await headstart.pictures.getByRole('button', { name: strip, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('option').first().click();
    const before = await quiet(page, sent, QUIET_MILLIS);
    await dialog.getByRole('button', { name: 'Move to' }).click();
    await page.getByRole('menuitem', { name: classLabel(1) }).click();
    const after = await quiet(page, sent, QUIET_MILLIS);
    return { messages: after.messages - before.messages, bytes: after.bytes - before.bytes };
  });
}

function tableOf(
  what: string,
  of: keyof Shown,
  found: readonly (readonly Shown[])[],
  remarks: readonly string[],
): Table {
  const names = [MANY, FEW].map((count) => ({ name: `${count.toLocaleString('en')} pictures` }));
  const figures = found.map((rounds) => rounds.map((shown) => shown[of]));
  const entries = compare(names, figures, 'less');
  const times = 1 / (entries[1]?.firstIsBetter.median ?? Number.NaN);
  return {
    title: `Navigation until ${what}, ${String(CLASSES)} classes kept on disk`,
    unit: 'ms',
    better: 'less',
    entries,
    wanted: [],
    remarks: [
      `${verdict(times <= MAX_TIMES[of])}: ${times.toFixed(2)} times as long, at most ${String(MAX_TIMES[of])} wanted.`,
      ...remarks,
    ],
  };
}

function tellEdits([many, few]: readonly Traffic[]): string {
  const megabytes = (traffic: Traffic | undefined) => (traffic?.bytes ?? Number.NaN) / 1e6;
  const words = (traffic: Traffic | undefined) =>
    `${megabytes(traffic).toFixed(2)} MB in ${String(traffic?.messages ?? 0)} messages`;
  return `${verdict(megabytes(many) < MAX_MEGABYTES)}: one picture moved to another class sends ${words(many)} between threads, less than ${String(MAX_MEGABYTES)} MB wanted; among ${String(FEW)} pictures ${words(few)}.`;
}

function verdict(holds: boolean): string {
  return holds ? 'holds' : 'DOES NOT HOLD';
}
