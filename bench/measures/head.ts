import { l2For } from '../../src/core/recipe.ts';
import { compete, type Contestant, type Entry } from '../contest.ts';
import { labelledSource, writeTask } from '../head-tasks.ts';
import type { Bench, Measure, Table, Wanted } from '../measure.ts';
import type { EnginePage, EpochsPage, Fit } from '../page/contract.ts';
import { openPage, type OpenPage } from '../pages.ts';

const BACKBONE = 'mobilenet_v2_1.0_224';
const BASE_035 = 'mobilenet_v2_0.35_224_no_top';
const EPOCHS = 50;
/** A recipe that takes longer than this is timed on some of its epochs only. */
const WHOLE_SECONDS = 8;
/** One that takes longer than this is never run to its end, so that its accuracy isn't known. */
const JUDGED_SECONDS = 200;
const TIMED_EPOCHS = 2;
const SAMPLES = [200, 1000, 10_000];
const CLASSES = [5, 20];
/** Teachable Machine takes minutes a round. */
const LONG = 10_000;
const HEADSTART = 'Headstart, L2 path';
const GIVEN = 'Headstart, L2 given';
const UPDATED = 'Headstart, one sample more';
const TEACHABLE = 'Teachable Machine';
const PLAIN = 'plain TF.js, model.fit';

const WANTED: Readonly<Record<string, readonly Wanted[]>> = {
  '1000-5': [
    { than: TEACHABLE, atLeast: 400 },
    { than: PLAIN, atLeast: 75 },
  ],
};

/** Seconds that our own fits may take. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '1000-5': { [HEADSTART]: 1, [GIVEN]: 0.15, [UPDATED]: 0.1 },
  '10000-20': { [HEADSTART]: 3 },
};

/** Embeddings to a fitted head, everybody on the same embeddings, judged on the same held-out ones. */
export const heads = SAMPLES.map((samples): Measure => ({
  name: `head-${String(samples)}`,
  about: `${String(samples)} embeddings to a fitted head, beside Teachable Machine and model.fit`,
  long: samples >= LONG,
  run: async (bench) => {
    const engine = await openPage<EnginePage>(bench, 'engine', BACKBONE, bench.small.files);
    const plain = await openPage<EpochsPage>(bench, 'plain-tfjs', BACKBONE);
    const teachable = await openPage<EpochsPage>(bench, 'teachable-machine', BASE_035);
    try {
      const source = labelledSource(bench.small.files, await engine.call('embeddings'));
      const tables: Table[] = [];
      for (const classes of CLASSES) {
        const task = writeTask(source, { samples, classes }, bench.taskFolder);
        const pages = { engine, plain, teachable };
        tables.push(await race(bench, task, { samples, classes }, pages));
      }
      return tables;
    } finally {
      for (const page of [engine, plain, teachable]) await page.close();
    }
  },
}));

interface Pages {
  readonly engine: OpenPage<EnginePage>;
  readonly plain: OpenPage<EpochsPage>;
  readonly teachable: OpenPage<EpochsPage>;
}

async function race(
  bench: Bench,
  task: string,
  { samples, classes }: { readonly samples: number; readonly classes: number },
  { engine, plain, teachable }: Pages,
): Promise<Table> {
  let last: Fit | null = null;
  const ours: Contestant = {
    name: HEADSTART,
    note: engine.words,
    run: async () => (last = await engine.call('fit', task, null)).seconds,
  };
  const given: Contestant = {
    name: GIVEN,
    note: engine.words,
    run: async () => (await engine.call('fit', task, l2For(samples))).seconds,
  };
  const updated: Contestant = {
    name: UPDATED,
    note: 'fitted, judged and fitted to all again, from the head before',
    run: async () => (await engine.call('update', task)).seconds,
  };
  const others = [await byEpochs(PLAIN, plain, task), await byEpochs(TEACHABLE, teachable, task)];
  const entries = await compete(
    [ours, given, updated, ...others.map(({ contestant }) => contestant)],
    bench.rounds,
    'less',
  );
  const accuracies = [
    `${HEADSTART} ${percent((last as Fit | null)?.accuracy ?? null)}`,
    ...others.map(({ contestant, judged }) => `${contestant.name} ${percent(judged)}`),
  ];
  return {
    title: `Embeddings to a fitted head: ${String(samples)} samples, ${String(classes)} classes`,
    unit: 's',
    better: 'less',
    entries,
    wanted: WANTED[task] ?? [],
    remarks: [
      ...verdicts(task, entries),
      `Right on the held-out samples: ${accuracies.join(', ')}.`,
    ],
  };
}

function verdicts(task: string, entries: readonly Entry[]): string[] {
  return Object.entries(LIMITS[task] ?? {}).map(([name, limit]) => {
    const median = entries.find((entry) => entry.name === name)?.figures.median ?? Number.NaN;
    const verdict = median <= limit ? 'holds' : 'DOES NOT HOLD';
    return `${verdict}: ${name} ${median.toFixed(3)} s, at most ${String(limit)} s wanted.`;
  });
}

/**
 * A recipe of epochs, on all of them where that is quick. Where it isn't, one
 * whole fit is judged before the rounds, if it is bearable.
 */
async function byEpochs(
  name: string,
  page: OpenPage<EpochsPage>,
  task: string,
): Promise<{ contestant: Contestant; judged: number | null }> {
  await page.call('fit', task, 1);
  const estimate = (await page.call('fit', task, TIMED_EPOCHS)).seconds;
  const whole = estimate <= WHOLE_SECONDS;
  const judged = estimate <= JUDGED_SECONDS ? await page.call('fit', task, EPOCHS) : null;
  const epochs = whole ? EPOCHS : TIMED_EPOCHS;
  const extrapolated =
    `extrapolated from ${String(TIMED_EPOCHS)} of ${String(EPOCHS)} epochs` +
    (judged === null ? '' : `; all of them once: ${judged.seconds.toFixed(1)} s`);
  return {
    contestant: {
      name,
      note: whole ? page.words : `${page.words}; ${extrapolated}`,
      run: async () => (await page.call('fit', task, epochs)).seconds,
    },
    judged: judged?.accuracy ?? null,
  };
}

function percent(share: number | null): string {
  return share === null ? 'not judged (too slow)' : `${(100 * share).toFixed(1)} %`;
}
