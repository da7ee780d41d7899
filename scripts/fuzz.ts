/**
 * `npm run fuzz`: puts changed and hostile files through every parser of what strangers made. Each
 * must end in a value or in a clear problem: never in an exception, a hang, a crash, or more than
 * 512 MB. The same seed gives the same inputs; what fails is kept in `.cache/fuzz/`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { makeInput } from './fuzz/run-input.ts';
import { TARGETS, type Target } from './fuzz/targets.ts';

const MAX_MEGABYTES = 512;
/** Collected in time, the heap leaves room for what lies outside of it. */
const HEAP_FLAG = '--max-old-space-size=320';
/** Generous: the machine may be busy. */
const HANG_MILLIS = 20_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const names = TARGETS.map(({ name }) => name);
const [seed, count, from] = [values.seed, values.count, values.from].map(Number);
const chosen = TARGETS.filter(({ name }) => values.only === undefined || values.only === name);
const wrong = [seed, count, from].some(
  (value) => !Number.isSafeInteger(value) || Number(value) < 0,
);
if (values.help === true || wrong || chosen.length === 0) {
  console.log(
    `npm run fuzz -- [--seed N] [--count N] [--from N] [--only NAME]\nNames: ${names.join(', ')}`,
  );
  process.exit(values.help === true ? 0 : 2);
}

const kept = join(import.meta.dirname, '..', '.cache', 'fuzz');
let faults = 0;
for (const target of chosen) faults += await fuzz(target, seed ?? 1, from ?? 0, count ?? 0);
process.exit(faults === 0 ? 0 : 1);

/** @returns how many inputs ended badly. */
async function fuzz(target: Target, seed: number, from: number, count: number): Promise<number> {
  const startedAt = performance.now();
  const end = from + count;
  const bad: { number: number; what: string }[] = [];
  let summary = { read: 0, refused: 0, peakKilobytes: 0 };
  for (let next = from; next < end;) {
    const run = await runChild(target, seed, next, end - next);
    bad.push(...run.faults);
    const { done } = run;
    if (done === null) {
      bad.push({ number: run.at, what: run.ending });
      next = run.at + 1;
      continue;
    }
    summary = {
      read: summary.read + done.read,
      refused: summary.refused + done.refused,
      peakKilobytes: Math.max(summary.peakKilobytes, done.peakKilobytes),
    };
    break;
  }
  const megabytes = Math.round(summary.peakKilobytes / 1024);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${target.name}: ${count} inputs, ${summary.read} read, ${summary.refused} refused, ${bad.length} faults; at most ${megabytes} MB, ${seconds} s`,
  );
  if (megabytes > MAX_MEGABYTES)
    bad.push({ number: from, what: `${megabytes} MB, more than ${MAX_MEGABYTES}` });
  for (const { number, what } of bad.slice(0, 10)) {
    console.log(`  --seed ${seed} --only ${target.name} --from ${number} --count 1: ${what}`);
    await keepInput(target, seed, number);
  }
  return bad.length;
}

async function keepInput(target: Target, seed: number, number: number): Promise<void> {
  const folder = join(kept, `${target.name}-${seed}-${number}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of await makeInput(target, seed, number))
    writeFileSync(join(folder, basename(name)), bytes);
}

interface ChildRun {
  readonly faults: readonly { readonly number: number; readonly what: string }[];
  /** The input that it was at last. */
  readonly at: number;
  /** Null where it didn't come to its end. */
  readonly done: { read: number; refused: number; peakKilobytes: number } | null;
  readonly ending: string;
}

/** A process of its own: one that hangs can be ended, and one that dies takes nobody along. */
function runChild(target: Target, seed: number, from: number, count: number): Promise<ChildRun> {
  const script = join(import.meta.dirname, 'fuzz', 'child.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', HEAP_FLAG, script, target.name].concat([seed, from, count].map(String)),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const faults: { number: number; what: string }[] = [];
  let [at, hung] = [from, false];
  let done: ChildRun['done'] = null;
  const hang = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, HANG_MILLIS);
  createInterface({ input: child.stdout }).on('line', (line) => {
    hang.refresh();
    const [, word, number, rest] = /^(start|fault|done) (\d+)? ?(.*)$/u.exec(line) ?? [];
    if (word === 'start') at = Number(number);
    else if (word === 'fault')
      faults.push({ number: Number(number), what: String(JSON.parse(rest ?? '""')) });
    else if (word === 'done') done = JSON.parse(rest ?? '') as ChildRun['done'];
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(hang);
      const ending = hung ? `no answer for ${HANG_MILLIS / 1000} s` : `ended by ${signal ?? code}`;
      resolve({ faults, at, done, ending });
    });
  });
}
