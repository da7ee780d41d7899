import type { CDPSession, Page } from '@playwright/test';
import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

const ROUNDS = 10;
/** By then everything has been loaded and shown once. */
const SETTLED_ROUND = 3;
/** Of the main thread's heap, in the six rounds after that. */
const MAX_GROWTH_BYTES = 1_500_000;

interface Held {
  readonly urls: number;
  readonly workers: number;
  readonly heapBytes: number;
}

/** Counts what the page holds that no garbage collector takes away. */
async function countHeld(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counts = { urls: 0, workers: 0 };
    Object.assign(window, { held: counts });
    const create = URL.createObjectURL.bind(URL);
    const revoke = URL.revokeObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      counts.urls++;
      return create(blob);
    };
    URL.revokeObjectURL = (url) => {
      counts.urls--;
      revoke(url);
    };
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        counts.workers++;
      }
      override terminate(): void {
        counts.workers--;
        super.terminate();
      }
    };
  });
}

async function readHeld(page: Page, session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  const counts = await page.evaluate(
    () => (window as unknown as { held: Omit<Held, 'heapBytes'> }).held,
  );
  return { ...counts, heapBytes };
}

test('ten rounds of adding, training and removing leave no URL and no worker, and the heap within bounds', async ({
  headstart,
  page,
}, info) => {
  test.slow();
  await countHeld(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await headstart.open();
  const folder = writeLabelled(info.outputPath('shapes'), drawShapes({ perClass: 10 }));
  const rounds: Held[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await headstart.drop(folder);
    await headstart.expectPictures(30, 3);
    await headstart.train();
    await headstart.startOver();
    rounds.push(await readHeld(page, session));
  }
  console.log('held after each round', JSON.stringify(rounds));
  const [settled, last] = [rounds[SETTLED_ROUND], rounds.at(-1)];
  if (settled === undefined || last === undefined) throw new RangeError('no rounds');
  expect(last.urls).toBe(settled.urls);
  expect(last.workers).toBe(settled.workers);
  expect(last.heapBytes - settled.heapBytes).toBeLessThan(MAX_GROWTH_BYTES);
});
