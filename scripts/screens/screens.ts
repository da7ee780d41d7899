import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Headstart } from '../../e2e/headstart.ts';
import { cutOffMobilenets } from '../../e2e/mobilenets.ts';
import type { SampleDrawing } from '../../src/core/sample-set.ts';

/** What the screens are made of. */
export interface Stage {
  /** A folder of labelled folders that takes a while to add. */
  readonly manyPictures: string;
  /** For files that are made on the way. */
  readonly scratch: string;
  readonly samples: readonly SampleDrawing[];
}

/** A screen in a state worth looking at, and the way to it as a person goes. */
export interface Screen {
  readonly name: string;
  show(headstart: Headstart, stage: Stage): Promise<void>;
}

const LONG = { timeout: 120_000 };

export const SCREENS: readonly Screen[] = [
  {
    name: 'first-visit',
    show: async (headstart) => {
      await headstart.openWithMobilenet();
      await expect(headstart.engineButton()).toBeVisible(LONG);
      await headstart.expectBackend('WASM');
      // Told once the model is loaded.
      await headstart.engineDetails();
    },
  },
  {
    name: 'model-missing',
    show: async (headstart) => {
      await headstart.page
        .context()
        .route(/models|mobilenet|tfhub|kaggle/i, (route) =>
          route.request().resourceType() === 'document' ? route.continue() : route.abort(),
        );
      await headstart.visit();
      await headstart.addSampleSet();
      await headstart.dismissNotices();
      await expect(headstart.training.getByText('The pretrained model is missing')).toBeVisible(
        LONG,
      );
      await toTop(headstart, headstart.training);
    },
  },
  {
    name: 'built-in',
    show: async (headstart) => {
      await cutOffMobilenets(headstart.page.context());
      await headstart.visit();
      await headstart.addSampleSet();
      await headstart.train();
      await expect(headstart.training.getByText(/couldn’t be had/)).toBeVisible(LONG);
      await headstart.dismissNotices();
      await toTop(headstart, headstart.training);
    },
  },
  {
    name: 'better-offered',
    show: async (headstart) => {
      const reconnect = await cutOffMobilenets(headstart.page.context());
      await headstart.visit();
      await headstart.addSampleSet();
      await headstart.train();
      await expect(headstart.training.getByText(/couldn’t be had/)).toBeVisible(LONG);
      await reconnect();
      await headstart.training.getByRole('button', { name: 'Try again' }).click();
      await expect(headstart.training.getByRole('button', { name: /^Use / })).toBeVisible(LONG);
      await headstart.dismissNotices();
      await toTop(headstart, headstart.training);
    },
  },
  {
    name: 'pictures-arriving',
    show: async (headstart, { manyPictures }) => {
      await headstart.openWithMobilenet();
      await headstart.letGoOn(headstart.page.getByRole('banner'), manyPictures);
      await expect(headstart.arrivalProgress()).toBeVisible(LONG);
      await headstart.page.waitForTimeout(2500);
    },
  },
  {
    name: 'class',
    show: async (headstart) => {
      await headstart.openWithMobilenet();
      await headstart.addSampleSet();
      await headstart.dismissNotices();
      await headstart.pictures
        .getByRole('button', { name: /^Show all \d+ pictures/ })
        .first()
        .click();
      await expect(headstart.page.getByRole('dialog')).toBeVisible();
      await headstart.page.waitForTimeout(500);
    },
  },
  {
    name: 'training',
    show: async (headstart) => {
      await headstart.openWithMobilenet();
      await headstart.addSampleSet();
      await headstart.openOptions();
      await headstart.fitStepByStep();
      await headstart.setOption('Epochs', '10000');
      await headstart.setOption('Patience', '10000');
      await headstart.openOptions();
      await headstart.dismissNotices();
      await headstart.trainButton().click();
      const stop = headstart.training.getByRole('button', { name: /^Stop/ });
      await expect(stop).toBeVisible(LONG);
      await expect(headstart.training.getByText(/Epoch \d{2,}/i).first()).toBeVisible(LONG);
      await headstart.training.scrollIntoViewIfNeeded();
      await stop.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'result',
    show: async (headstart) => {
      await trained(headstart);
      await toTop(headstart, headstart.training);
    },
  },
  {
    name: 'try-it',
    show: async (headstart) => {
      await trained(headstart);
      await toTop(headstart, headstart.trial);
      await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
      await expect.poll(() => headstart.bestOfCamera(), LONG).not.toBe('');
      await headstart.page.waitForTimeout(1500);
      await toTop(headstart, headstart.trial);
    },
  },
  {
    name: 'export',
    show: async (headstart, { samples }) => {
      await trained(headstart);
      const [first, , third] = samples.filter(({ path }) => /0[1-3]\.svg$/.test(path));
      for (const drawing of [first, third]) {
        if (drawing === undefined) continue;
        const name = drawing.path.replace('/', ' ');
        await headstart.tryFiles([
          { name, mimeType: 'image/svg+xml', buffer: Buffer.from(drawing.svg) },
        ]);
        await headstart.answersTo(name);
      }
      await headstart.page.getByText('What’s in it, and how to use it').click();
      await headstart.page.getByRole('button', { name: 'Download' }).scrollIntoViewIfNeeded();
      await headstart.page.mouse.wheel(0, 300);
      await headstart.page.waitForTimeout(400);
    },
  },
  {
    name: 'export-checked',
    show: async (headstart) => {
      await trained(headstart);
      await headstart.exporting.chooseFormat('TensorFlow Lite');
      await headstart.exporting.choose('Weights', 'A quarter of the size');
      await headstart.exporting.write();
      await toTop(headstart, headstart.trial.getByRole('heading', { name: 'Export' }));
    },
  },
  {
    name: 'options',
    show: async (headstart) => {
      await headstart.openWithMobilenet();
      await headstart.addSampleSet();
      await headstart.dismissNotices();
      await headstart.openOptions();
      await toTop(headstart, headstart.training);
    },
  },
  {
    name: 'error-list',
    show: async (headstart, { scratch, samples }) => {
      await headstart.openWithMobilenet();
      await headstart.drop(
        writeMixedFolder(join(scratch, String(Date.now()), 'my pictures'), samples),
      );
      await headstart.notices.getByRole('button', { name: 'See them' }).first().click();
      await expect(headstart.page.getByRole('dialog')).toBeVisible();
      await headstart.page.waitForTimeout(300);
    },
  },
];

async function trained(headstart: Headstart): Promise<void> {
  await headstart.openWithMobilenet();
  await headstart.addSampleSet();
  await headstart.train();
  await headstart.dismissNotices();
}

/** Brings a place to the window's top, where a phone has them below one another. */
async function toTop(headstart: Headstart, place: Headstart['training']): Promise<void> {
  await place.evaluate((element) => {
    element.scrollIntoView({ block: 'start', behavior: 'instant' });
  });
  await headstart.page.waitForTimeout(300);
}

/** Good pictures among files of every kind that can't be used. */
function writeMixedFolder(folder: string, samples: readonly SampleDrawing[]): string {
  const put = (path: string, content: string | Buffer) => {
    const [label = ''] = path.split('/');
    mkdirSync(join(folder, label), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const { path, svg } of samples) put(path, svg);
  put('fish/holiday.jpg', 'These are words, not a picture.');
  put('fish/empty.png', '');
  put('rocket/half a photograph.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  put('house/notes.txt', 'Take more of these from behind.');
  const [twice] = samples;
  if (twice !== undefined) put('fish/the same again.svg', twice.svg);
  return folder;
}
