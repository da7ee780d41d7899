import { Headstart } from '../../e2e/headstart.ts';
import { withBusyCores } from '../busy-cores.ts';
import { compete, type Contestant } from '../contest.ts';
import { traceMainThread, type MainThread } from '../main-thread-trace.ts';
import type { Bench, Measure } from '../measure.ts';

interface Journey {
  readonly pictures: number;
  readonly accuracyPercent: number;
  readonly thread: MainThread;
}

/** Adds, embeds and trains as a person does, on the built app, and traces the page's main thread. */
export const responsiveness: Measure = {
  name: 'responsiveness',
  about: "the page's main thread while pictures are added, embedded and trained",
  run: async (bench) => {
    const site = await bench.app();
    const remarks: string[] = [];
    const contestant = (name: string, around: Around): Contestant => ({
      name,
      run: async () => {
        const { pictures, accuracyPercent, thread } = await journey(bench, site, around);
        remarks.push(
          `${name}: ${String(pictures)} pictures, ${String(accuracyPercent)} % right. ${tell(thread)}`,
        );
        return thread.longestMillis;
      },
    });
    const entries = await compete(
      [
        contestant('machine to itself', (work) => work()),
        contestant(`${String(bench.cores)} cores busy`, (work) => withBusyCores(bench.cores, work)),
      ],
      bench.rounds,
      'less',
    );
    return [
      {
        title: `Longest task of the main thread: ${bench.small.words} added, embedded, trained`,
        unit: 'ms',
        better: 'less',
        entries,
        wanted: [],
        remarks,
      },
    ];
  },
};

type Around = (work: () => Promise<MainThread>) => Promise<MainThread>;

async function journey(bench: Bench, site: string, around: Around): Promise<Journey> {
  const context = await bench.browser.newContext({
    baseURL: site,
    viewport: { width: 1440, height: 900 },
  });
  try {
    const headstart = new Headstart(await context.newPage());
    await headstart.open();
    const thread = await around(() =>
      traceMainThread(bench.browser, async () => {
        await headstart.drop(bench.small.folder);
        await headstart.train();
      }),
    );
    return {
      pictures: await headstart.pictureCount(),
      accuracyPercent: await headstart.accuracy(),
      thread,
    };
  } finally {
    await context.close();
  }
}

function tell(thread: MainThread): string {
  const longest = thread.longest
    .filter(({ millis }) => millis > 50)
    .map(
      ({ atMillis, millis, mostly }) =>
        `${millis.toFixed(0)} ms at ${(atMillis / 1000).toFixed(1)} s (${mostly})`,
    );
  return [
    `Total blocking time ${thread.blockingMillis.toFixed(0)} ms in ${thread.seconds.toFixed(1)} s.`,
    ...(longest.length === 0 ? [] : [`Tasks over 50 ms: ${longest.join('; ')}.`]),
  ].join(' ');
}
