import { describe, expect, test } from 'vitest';
import { makeInput, runInput } from './run-input.ts';
import { TARGETS } from './targets.ts';

/** A few of what `npm run fuzz` tries by the ten thousand. */
const INPUTS = 300;

describe.each(TARGETS)('$name', (target) => {
  test('every input ends in a value or in a problem', { timeout: 120_000 }, async () => {
    const ends = new Map<string, number>();
    for (let number = 0; number < INPUTS; number++) {
      const outcome = await runInput(target, await makeInput(target, 1, number));
      if ('fault' in outcome) expect.fail(`input ${number}: ${outcome.fault}`);
      ends.set(outcome.ended, (ends.get(outcome.ended) ?? 0) + 1);
    }
    // Inputs that were all refused at the door would test nothing behind it.
    expect(ends.get('read')).toBeGreaterThan(INPUTS / 20);
  });

  test('the same seed gives the same input', async () => {
    expect(await makeInput(target, 2, 7)).toEqual(await makeInput(target, 2, 7));
    expect(await makeInput(target, 2, 7)).not.toEqual(await makeInput(target, 2, 8));
  });
});
