import { join } from 'node:path';
import type { CDPSession } from '@playwright/test';
import { Headstart } from '../../e2e/headstart.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import { copyMany } from '../pictures.ts';
import { spreadOf } from '../statistics.ts';

/** Pictures that come in one after the other. */
const FIRST = 1000;
const REST = 9000;
const CLASSES = 5;
/** Thousands of pictures take minutes. */
const PATIENCE = { timeout: 3_600_000 };
const MAX_TIMES_AS_LONG = 1.1;
const MAX_HEAP_BYTES = 2000;

/** What adding one lot of pictures came to. */
interface Lot {
  readonly millisAPicture: number;
  /** Of the page's main thread, after collecting garbage. */
  readonly heapBytes: number;
}

/** Whether the ten thousandth picture costs what the first ones did. */
export const growth: Measure = {
  name: 'growth',
  about: 'time and memory for each picture, at 1,000 and at 10,000 of them',
  long: true,
  run: async (bench) => {
    const context = await bench.browser.newContext({
      baseURL: await bench.app(),
      viewport: { width: 1440, height: 900 },
    });
    try {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Performance.enable');
      const headstart = new Headstart(page);
      await headstart.open();
      const first = await addLot(headstart, session, writeLot(bench, 'first', FIRST), {
        count: FIRST,
        total: FIRST,
      });
      const rest = await addLot(headstart, session, writeLot(bench, 'rest', REST), {
        count: REST,
        total: FIRST + REST,
      });
      return [tableOf(first, rest)];
    } finally {
      await context.close();
    }
  },
};

function writeLot({ small, scratch }: Bench, name: string, count: number): string {
  return copyMany(small.files, join(scratch, name), { count, classes: CLASSES });
}

/** Adds pictures, trains, and waits as long as it takes. @param total that are there then. */
async function addLot(
  headstart: Headstart,
  session: CDPSession,
  folder: string,
  { count, total }: { readonly count: number; readonly total: number },
): Promise<Lot> {
  const begunAt = performance.now();
  await headstart.letGoOn(headstart.page.getByRole('banner'), folder);
  const summary = `${total.toLocaleString('en')} pictures in ${String(CLASSES)} classes`;
  await headstart.pictures.getByText(summary, { exact: true }).waitFor(PATIENCE);
  await headstart.trainButton().click(PATIENCE);
  await headstart.trainButton().waitFor({ state: 'hidden' });
  await headstart.training.getByRole('button', { name: 'Train again' }).waitFor(PATIENCE);
  const millisAPicture = (performance.now() - begunAt) / count;
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  return { millisAPicture, heapBytes };
}

function tableOf(first: Lot, rest: Lot): Table {
  const timesAsLong = rest.millisAPicture / first.millisAPicture;
  const bytesAPicture = (rest.heapBytes - first.heapBytes) / REST;
  const verdict = (holds: boolean) => (holds ? 'holds' : 'DOES NOT HOLD');
  return {
    title: 'Files to a fitted head in the app, a picture',
    unit: 'ms',
    better: 'less',
    entries: [
      {
        name: `the ${REST.toLocaleString('en')} after them`,
        note: null,
        figures: spreadOf([rest.millisAPicture]),
        firstIsBetter: spreadOf([1]),
      },
      {
        name: `the first ${FIRST.toLocaleString('en')}`,
        note: null,
        figures: spreadOf([first.millisAPicture]),
        firstIsBetter: spreadOf([1 / timesAsLong]),
      },
    ],
    wanted: [],
    remarks: [
      `${verdict(timesAsLong <= MAX_TIMES_AS_LONG)}: ${timesAsLong.toFixed(2)} times as long, at most ${String(MAX_TIMES_AS_LONG)} wanted.`,
      `${verdict(bytesAPicture <= MAX_HEAP_BYTES)}: the main thread's heap grew by ${bytesAPicture.toFixed(0)} bytes a picture, at most ${String(MAX_HEAP_BYTES)} wanted.`,
    ],
  };
}
