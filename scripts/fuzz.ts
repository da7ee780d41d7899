/**
 * `npm run fuzz`: puts changed and hostile files through every parser of what strangers made. Each
 * must end in a value or in a clear problem: never in an exception, a crash, more than 20 seconds for
 * one or more than 512 MB. Those that are made to take long come first. The same seed gives the same inputs; what fails is kept in `.cache/fuzz/`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from './fuzz/run-child.ts';
import { makeInput } from './fuzz/run-input.ts';
import { TARGETS, type Target } from './fuzz/targets.ts';

const MAX_MEGABYTES = 512;

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
    const run = await runChild(target.name, seed, next, end - next);
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
  // A hostile name may be none that a disk takes; of a great many files the first tell enough.
  const files = [...(await makeInput(target, seed, number))].slice(0, 100);
  for (const [index, [name, bytes]] of files.entries()) {
    const plain = basename(name)
      .slice(-40)
      .replace(/[^\w.-]+/gu, '_');
    writeFileSync(join(folder, files.length === 1 ? plain || 'file' : `${index}-${plain}`), bytes);
  }
}
