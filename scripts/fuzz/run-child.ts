import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Collected in time, the heap leaves room for what lies outside of it. */
const HEAP_FLAG = '--max-old-space-size=320';

/**
 * How long one input may take, in milliseconds. Generous, since the machine may be busy: what takes
 * more than linear time takes hours on the large inputs that are made for it.
 */
export const LIMIT_MILLIS = 20_000;

export interface ChildRun {
  readonly faults: readonly { readonly number: number; readonly what: string }[];
  /** The input that it was at last. */
  readonly at: number;
  /** Null where it didn't come to its end. */
  readonly done: { read: number; refused: number; peakKilobytes: number } | null;
  readonly ending: string;
}

/**
 * Reads inputs in a process of their own: one that hangs is ended, and one that dies takes nobody along.
 *
 * @param name of the target.
 */
export function runChild(
  name: string,
  seed: number,
  from: number,
  count: number,
  limitMillis = LIMIT_MILLIS,
): Promise<ChildRun> {
  const script = join(import.meta.dirname, 'child.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', HEAP_FLAG, script, name].concat([seed, from, count].map(String)),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const faults: { number: number; what: string }[] = [];
  let [at, hung] = [from, false];
  let done: ChildRun['done'] = null;
  const hang = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, limitMillis);
  createInterface({ input: child.stdout }).on('line', (line) => {
    hang.refresh();
    const [word, number = ''] = line.split(' ', 2);
    const rest = () => line.slice(line.indexOf(number) + number.length);
    if (word === 'start') at = Number(number);
    else if (word === 'fault')
      faults.push({ number: Number(number), what: String(JSON.parse(rest())) });
    else if (word === 'done')
      done = JSON.parse(line.slice('done '.length)) as NonNullable<ChildRun['done']>;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(hang);
      const ending = hung
        ? `no answer for ${limitMillis / 1000} s`
        : `ended by ${signal ?? String(code)}`;
      resolve({ faults, at, done, ending });
    });
  });
}
