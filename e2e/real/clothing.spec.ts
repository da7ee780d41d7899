import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILT_IN } from '../../src/core/backbone-catalogue.ts';
import { expectEightBitsJudged } from '../eight-bits.ts';
import { expect, test } from '../test.ts';

const root = join(import.meta.dirname, '..', '..');
const datasets = process.env['HEADSTART_DATASETS'];
const models = process.env['HEADSTART_MODELS'];

/** What `npm run train` reports, as far as it is compared. */
interface Report {
  readonly accuracy: { readonly test: number };
  readonly images: { readonly train: number; readonly validation: number; readonly test: number };
  readonly confusion: readonly (readonly number[])[];
}

async function trainInTerminal(
  folder: string,
  report: string,
  more: readonly string[] = ['--seed', '1'],
): Promise<Report> {
  const args = [
    'tsx',
    'scripts/train.ts',
    '--data',
    join(folder, 'train'),
    '--test',
    join(folder, 'test'),
  ];
  await promisify(execFile)('npx', [...args, ...more, '--report', report], { cwd: root });
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
}

test('six classes of real photographs with the built-in backbone: five seeds', async ({}, info) => {
  test.skip(datasets === undefined, 'HEADSTART_DATASETS is not set: no real photographs');
  test.setTimeout(420_000);
  const accuracies: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const report = info.outputPath(`report-${String(seed)}.json`);
    const more = ['--backbone', BUILT_IN.id, '--seed', String(seed)];
    const { accuracy } = await trainInTerminal(join(datasets ?? '', 'clothing'), report, more);
    accuracies.push(accuracy.test);
  }
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
  expect(mean, `accuracies ${accuracies.join(', ')}`).toBeGreaterThanOrEqual(0.82);
});

test('six classes of real photographs: the page’s accuracy is the terminal’s, and the camera names what it sees', async ({
  withCamera,
}, info) => {
  test.skip(models === undefined, 'HEADSTART_MODELS is not set: no real backbone');
  test.skip(datasets === undefined, 'HEADSTART_DATASETS is not set: no real photographs');
  test.setTimeout(420_000);
  const folder = join(datasets ?? '', 'clothing');
  const report = await trainInTerminal(folder, info.outputPath('report.json'));

  const shown = join(
    folder,
    'train',
    'shoes',
    readdirSync(join(folder, 'train', 'shoes')).sort()[0] ?? '',
  );
  const headstart = await withCamera({ buffer: readFileSync(shown), mimeType: 'image/jpeg' });
  await headstart.openWithMobilenet();
  await headstart.drop(folder);
  await headstart.expectPictures(480, 6);
  await headstart.train();
  await expect(headstart.training.getByText('of 120 in the test folder')).toBeVisible();
  const right = await headstart.rightAnswers();
  const expected = report.confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  expect(right).toBe(expected);
  expect(right / 120).toBeCloseTo(report.accuracy.test, 6);

  await headstart.trial.getByRole('button', { name: 'Start the camera' }).click();
  await expect.poll(() => headstart.bestOfCamera(), { timeout: 60_000 }).toBe('shoes');

  // Seen: 96 to 99 in 100 answers are the same.
  expect(await expectEightBitsJudged(headstart)).toBeGreaterThan(0.9);
});
