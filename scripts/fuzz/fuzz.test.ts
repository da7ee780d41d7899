import { describe, expect, test } from 'vitest';
import { runChild } from './run-child.ts';
import { makeInput } from './run-input.ts';
import { TARGETS } from './targets.ts';

/** A few of what `npm run fuzz` tries by the ten thousand. */
const INPUTS = 300;

describe.each(TARGETS)('$name', (target) => {
  // Each input has its own limit, far below this one.
  test('every input ends in a value or in a problem, in time', { timeout: 300_000 }, async () => {
    const { faults, at, done, ending } = await runChild(target.name, 1, 0, INPUTS);
    expect(faults).toEqual([]);
    if (done === null) expect.fail(`input ${at}: ${ending}`);
    // Inputs that were all refused at the door would test nothing behind it.
    expect(done.read).toBeGreaterThan(INPUTS / 20);
  });

  test('the same seed gives the same input', async () => {
    expect(await makeInput(target, 2, 107)).toEqual(await makeInput(target, 2, 107));
    expect(await makeInput(target, 2, 107)).not.toEqual(await makeInput(target, 2, 108));
  });
});

test('an input that takes too long is ended and named', async () => {
  // Nothing is up so soon.
  const { at, done, ending } = await runChild(TARGETS[0]?.name ?? '', 1, 3, 10, 1);
  expect({ at, done, ending }).toEqual({ at: 3, done: null, ending: 'no answer for 0.001 s' });
});
