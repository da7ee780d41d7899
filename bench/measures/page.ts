import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Headstart } from '../../e2e/headstart.ts';
import type { TerminalReport } from '../../src/terminal-contract.ts';
import { compete, type Contestant, type Entry } from '../contest.ts';
import { watchDrop, type DropTimes } from '../drop-watch.ts';
import type { Bench, Measure, Table } from '../measure.ts';
import type { ContestantPage, EnginePage } from '../page/contract.ts';
import { openPage } from '../pages.ts';
import { copyFresh } from '../pictures.ts';
import { median } from '../statistics.ts';

const BACKBONE = 'mobilenet_v2_1.0_224';
const BASE_035 = 'mobilenet_v2_0.35_224_no_top';
const [PAGE, BARE, TERMINAL] = [
  'Headstart’s page',
  'bare backbone',
  'Headstart’s terminal run',
] as const;
const TEACHABLE = 'Teachable Machine, α 0.35';
const TEACHABLE_PICTURES = 5;
/** Rates beside the bare backbone's. */
const PAGE_SHARE = 0.8;
const TERMINAL_SHARE = 0.9;
const MAX_TIMES_EMBEDDING = 1.2;
/** What was started over is still being cleared while the page is empty already. */
const CLEARED_MILLIS = 1000;

const project = join(import.meta.dirname, '..', '..');
const execute = promisify(execFile);

/** What a person waits for: a drop on the page until all is embedded, and until it is trained and judged. */
export const page: Measure = {
  name: 'page',
  about: 'a drop on the built page until the last embedding, and until it is trained and judged',
  run: async (bench) => {
    const site = await bench.app();
    const context = await bench.browser.newContext({
      baseURL: site,
      viewport: { width: 1440, height: 900 },
    });
    const { files } = bench.small;
    const engine = await openPage<EnginePage>(bench, 'engine', BACKBONE, files);
    const teachable = await openPage<ContestantPage>(bench, 'teachable-machine', BASE_035, files);
    try {
      const headstart = new Headstart(await context.newPage());
      await headstart.openWithMobilenet();
      await isRuntimeDecided(headstart);
      const drops: DropTimes[] = [];
      const count = files.length;
      const contestants: Contestant[] = [
        {
          name: PAGE,
          note: `${BACKBONE}, dropped and trained`,
          run: async () => {
            const times = await dropFresh(bench, headstart, drops.length);
            drops.push(times);
            return count / times.embedded;
          },
        },
        {
          name: BARE,
          note: engine.words,
          run: async () => rateOf(await engine.call('embedReady', count)),
        },
        {
          name: TERMINAL,
          note: 'npm run train, its stage of embedding',
          run: async () => count / (await embedInTerminal(bench)),
        },
        {
          name: TEACHABLE,
          note: teachable.words,
          run: async () => rateOf(await teachable.call('embed', TEACHABLE_PICTURES)),
        },
      ];
      const entries = await compete(contestants, bench.rounds, 'more');
      return [tableOf(bench, entries, drops.slice(1))];
    } finally {
      for (const each of [engine, teachable]) await each.close();
      await context.close();
    }
  },
};

/** Before that, the page may embed by the slower runtime. Only on WASM there is a choice. */
async function isRuntimeDecided(headstart: Headstart): Promise<void> {
  for (;;) {
    const details = await headstart.engineDetails();
    if (!/^WASM$/m.test(details) || /\bthreads?\b/.test(details)) return;
    await headstart.page.waitForTimeout(500);
  }
}

async function dropFresh(bench: Bench, headstart: Headstart, turn: number): Promise<DropTimes> {
  const folder = copyFresh(bench.small.folder, join(bench.scratch, 'dropped'), String(turn));
  const result = await watchDrop(headstart.page);
  await headstart.letGoOn(headstart.page.getByRole('banner'), folder);
  const times = await result();
  await headstart.startOver();
  await headstart.page.waitForTimeout(CLEARED_MILLIS);
  rmSync(folder, { recursive: true });
  return times;
}

/** @returns seconds from files handed over to the last embedding, as the run itself reports. */
async function embedInTerminal({ small, models, scratch }: Bench): Promise<number> {
  const report = join(scratch, 'terminal.json');
  const given = ['--data', small.folder, '--backbone', BACKBONE, '--report', report];
  const tsx = join(project, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  await execute(process.execPath, [tsx, join(project, 'scripts', 'train.ts'), ...given], {
    cwd: project,
    env: { ...process.env, HEADSTART_MODELS: models },
  });
  return (JSON.parse(readFileSync(report, 'utf8')) as TerminalReport).seconds.embed;
}

function rateOf({ count, seconds }: { readonly count: number; readonly seconds: number }): number {
  return count / seconds;
}

function tableOf(bench: Bench, entries: readonly Entry[], drops: readonly DropTimes[]): Table {
  const roundsOf = (name: string) =>
    entries.find((entry) => entry.name === name)?.figures.rounds ?? [];
  const bare = roundsOf(BARE);
  const share = median(roundsOf(TERMINAL).map((rate, round) => rate / (bare[round] ?? Number.NaN)));
  const times = median(drops.map(({ embedded, trained }) => trained / embedded));
  const seconds = (of: keyof DropTimes) => median(drops.map((drop) => drop[of])).toFixed(2);
  const verdict = (holds: boolean) => (holds ? 'holds' : 'DOES NOT HOLD');
  return {
    title: `A drop to its last embedding, MobileNetV2 α 1.0: ${bench.small.words}`,
    unit: 'pictures/s',
    better: 'more',
    entries,
    wanted: [{ than: BARE, atLeast: PAGE_SHARE }],
    remarks: [
      `${verdict(share >= TERMINAL_SHARE)}: the terminal run ${share.toFixed(2)} × the bare backbone, at least ${String(TERMINAL_SHARE)} × wanted.`,
      `${verdict(times <= MAX_TIMES_EMBEDDING)}: trained and judged after ${times.toFixed(2)} times the time of embedding, at most ${String(MAX_TIMES_EMBEDDING)} wanted.`,
      `From the drop on: all pictures in after ${seconds('arrived')} s, embedded after ${seconds('embedded')} s, trained, judged and shown after ${seconds('trained')} s.`,
    ],
  };
}
