/**
 * Reads inputs one after another and says so: `start N` before each, `fault N {JSON}` where one ends
 * badly, at the end `done {JSON}`. Written at once, so that a parent sees where a child hangs or dies.
 */
import { writeSync } from 'node:fs';
import { makeInput, runInput } from './run-input.ts';
import { TARGETS } from './targets.ts';

const [name = '', seed = '1', from = '0', count = '1'] = process.argv.slice(2);
const target = TARGETS.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const say = (line: string) => writeSync(1, `${line}\n`);

const counts = { read: 0, refused: 0 };
const end = Number(from) + Number(count);
for (let number = Number(from); number < end; number++) {
  say(`start ${number}`);
  const outcome = await runInput(target, await makeInput(target, Number(seed), number));
  if ('fault' in outcome) say(`fault ${number} ${JSON.stringify(outcome.fault)}`);
  else counts[outcome.ended] += 1;
}
say(`done ${JSON.stringify({ ...counts, peakKilobytes: process.resourceUsage().maxRSS })}`);
