import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { drawShapes } from '../../e2e/fixtures/shapes.ts';
import { Headstart } from '../../e2e/headstart.ts';
import { launchWithProfile } from '../../e2e/profile.ts';
import { at } from '../../src/core/at.ts';
import type { PictureBytes, Sample } from '../../src/core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../../src/core/default-options.ts';
import { edit, NO_HISTORY, undo, type Versioned } from '../../src/core/history.ts';
import { openProjectFile } from '../../src/formats/project-file/read.ts';
import { writeProject } from '../../src/formats/project-file/write.ts';
import { watchMemory } from '../browser-memory.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import { classLabel } from '../pictures.ts';
import { spreadOf } from '../statistics.ts';

const COUNT = 20_000;
const CLASSES = 10;
/** Pictures that only an undo brings back. */
const REMOVED = 200;
const NAME = 'Many';
/** Drawn ones stand for their thumbnails: pictures all the same. */
const THUMBNAILS = { classes: 4, perClass: 4, sidePx: 96 };
const PATIENCE = { timeout: 3_600_000 };
const MAX_MEGABYTES = 400;
/** After which what was done before no longer disturbs. */
const REST_MILLIS = 5000;

/** What went through the browser one way. */
interface Passage {
  /** The most that all of the browser's processes had beyond the idle page, in bytes. */
  readonly moreBytes: number;
  readonly idleBytes: number;
  readonly seconds: number;
}

/** Whether a project of thousands of pictures goes through the page without lying in its memory. */
export const projectFile: Measure = {
  name: 'project-file',
  about: `a project file of ${COUNT.toLocaleString('en')} pictures opened and saved in the page: memory, and whether it is the same`,
  long: true,
  run: async (bench) => {
    const given = join(bench.scratch, 'given.zip');
    const saved = join(bench.scratch, 'saved.zip');
    await writeGiven(bench, given);
    const context = await launchWithProfile(chromium, join(bench.scratch, 'project-file profile'));
    try {
      const site = await bench.app();
      const opening = await inTab(context, site, (page) => openFile(bench, page, given));
      const saving = await inTab(context, site, (page) => saveFile(bench, page, saved));
      const isSame = isDeepStrictEqual(await contentOf(given), await contentOf(saved));
      return [tableOf(opening, saving, statSync(given).size, isSame)];
    } finally {
      await context.close();
    }
  },
};

/** As the app writes it, without a browser. */
async function writeGiven({ small }: Bench, path: string): Promise<void> {
  const thumbnails = drawShapes(THUMBNAILS).map(
    ({ buffer }) => new Blob([Uint8Array.from(buffer)], { type: 'image/png' }),
  );
  const sources = small.files.map((file) => Uint8Array.from(readFileSync(file)));
  const encode = new TextEncoder();
  /** Each with bytes of its own behind its end. */
  const fileOf = (index: number) =>
    new Blob([at(sources, index % sources.length), encode.encode(`copy ${String(index)}`)], {
      type: 'image/jpeg',
    });
  const indices = new Map<string, number>();
  for (let index = 0; index < COUNT; index++) {
    const bytes = new Uint8Array(await fileOf(index).arrayBuffer());
    indices.set(createHash('sha256').update(bytes).digest('hex'), index);
  }
  const source = {
    versioned: versionsOf([...indices.keys()]),
    classifier: null,
    backbone: null,
    createdAtMillis: Date.UTC(2024, 0, 1),
    async *readContents(hashes: Iterable<string>) {
      for (const hash of hashes) {
        await Promise.resolve();
        const index = indices.get(hash) ?? 0;
        yield { hash, file: fileOf(index), thumbnail: at(thumbnails, index % thumbnails.length) };
      }
    },
  };
  await writeProject(source, Writable.toWeb(createWriteStream(path)));
}

/** Pictures in classes, of which some were removed and the last edit was undone. */
function versionsOf(hashes: readonly string[]): Versioned {
  const classes = Array.from({ length: CLASSES }, (_, index) => ({
    id: `${String(index)}-0000`,
    label: classLabel(index),
    index,
  }));
  const samples = hashes.map((hash, index): Sample => {
    const name = `${String(index)}.jpg`;
    const batch = 'batch';
    return {
      id: `s${String(index)}`,
      hash,
      classId: at(classes, index % CLASSES).id,
      purpose: 'learn',
      name,
      origin: { kind: 'files', batch, path: name, modifiedAtMillis: null },
      widthPx: 400,
      heightPx: 400,
      addedAtMillis: Date.UTC(2024, 0, 1) + index,
    };
  });
  const dataset = { name: NAME, classes: [], samples: [], options: DEFAULT_PROJECT_OPTIONS };
  const empty: Versioned = { dataset, history: NO_HISTORY };
  const ids = samples.slice(0, REMOVED).map(({ id }) => id);
  const labelled = edit(empty, { kind: 'add-classes', classes }, 'a');
  const filled = edit(labelled, { kind: 'add-samples', samples }, 'b');
  const thinned = edit(filled, { kind: 'remove-samples', ids }, 'c');
  const marks = samples.slice(-REMOVED).map(({ id }) => ({ id, purpose: 'judge' as const }));
  const marked = edit(thinned, { kind: 'mark-samples', marks }, 'd');
  return undo(marked) ?? marked;
}

/** A tab with an empty project, at rest; the browser's first tab keeps it open. */
async function inTab<T>(
  context: BrowserContext,
  site: string,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await context.newPage();
  try {
    // A file that the page writes itself is one that nobody could choose here: it is downloaded.
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'showSaveFilePicker');
    });
    await page.goto(site);
    const headstart = new Headstart(page);
    await headstart.isUsing('MobileNet');
    const list = await headstart.openProjects();
    await list.getByRole('button', { name: 'New project' }).click();
    await headstart.pictures.getByText('Your pictures appear here').waitFor();
    await headstart.openProjects();
    return await work(page);
  } finally {
    await page.close();
  }
}

async function openFile({ scratch }: Bench, page: Page, given: string): Promise<Passage> {
  const headstart = new Headstart(page);
  return measure(scratch, page, async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a project file' }).click();
    await (await choosing).setFiles(given);
    const count = (COUNT - REMOVED).toLocaleString('en');
    const summary = `${count} pictures in ${String(CLASSES)} classes`;
    await headstart.pictures.getByText(summary, { exact: true }).waitFor(PATIENCE);
  });
}

async function saveFile({ scratch }: Bench, page: Page, saved: string): Promise<Passage> {
  const headstart = new Headstart(page);
  return measure(scratch, page, async () => {
    const downloading = page.waitForEvent('download', PATIENCE);
    await headstart.onProject(NAME, 'Save as a file');
    await (await downloading).saveAs(saved);
  });
}

async function measure(scratch: string, page: Page, work: () => Promise<void>): Promise<Passage> {
  await page.waitForTimeout(REST_MILLIS);
  await page.requestGC();
  await page.waitForTimeout(REST_MILLIS);
  const memory = watchMemory(join(scratch, 'project-file profile'));
  const begunAt = performance.now();
  await work();
  const seconds = (performance.now() - begunAt) / 1000;
  const { firstBytes: idleBytes, mostBytes } = memory.end();
  return { moreBytes: mostBytes - idleBytes, idleBytes, seconds };
}

/** All that a project file holds, of pictures and thumbnails their checksums. @throws Error where anything is wrong with it. */
async function contentOf(path: string) {
  const opened = await openProjectFile(new File([await openAsBlob(path)], 'project.zip'));
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const { contents, ...rest } = opened.value;
  const sum = ({ type, bytes }: PictureBytes) =>
    `${type} ${createHash('sha256').update(bytes).digest('hex')}`;
  const sums = new Map<string, string>();
  for await (const { hash, file, thumbnail } of contents())
    sums.set(hash, `${sum(file)} ${thumbnail ? sum(thumbnail) : ''}`);
  return { ...rest, sums };
}

function tableOf(opening: Passage, saving: Passage, bytes: number, isSame: boolean): Table {
  const verdict = (holds: boolean) => (holds ? 'holds' : 'DOES NOT HOLD');
  const most = Math.max(opening.moreBytes, saving.moreBytes) / 1e6;
  const ways = { 'opened from a file': opening, 'saved as a file': saving };
  return {
    title: `A project of ${COUNT.toLocaleString('en')} pictures (${(bytes / 1e6).toFixed(0)} MB), memory of the whole browser above the idle page`,
    unit: 'MB',
    better: 'less',
    entries: Object.entries(ways).map(([name, { moreBytes, idleBytes, seconds }]) => ({
      name,
      note: `${seconds.toFixed(0)} s; idle ${(idleBytes / 1e6).toFixed(0)} MB`,
      figures: spreadOf([moreBytes / 1e6]),
      firstIsBetter: spreadOf([moreBytes / opening.moreBytes]),
    })),
    wanted: [],
    remarks: [
      `${verdict(most <= MAX_MEGABYTES)}: ${most.toFixed(0)} MB at most, ${String(MAX_MEGABYTES)} MB wanted.`,
      `${verdict(isSame)}: the file that was saved holds what the one that was opened does: dataset, history, and every picture and thumbnail byte for byte.`,
    ],
  };
}
