import { expect, test, vi } from 'vitest';
import { Passes } from './passes.ts';

/** Passes that end when the test says so; a cancelled one takes its time to unwind. */
function setUp() {
  const ends: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const failures: unknown[] = [];
  const passes = new Passes(
    (signal) => {
      signals.push(signal);
      return new Promise((resolve) => ends.push(resolve));
    },
    (error) => failures.push(error),
  );
  return { passes, ends, signals, failures };
}

test('a change that comes while a cancelled pass unwinds is not lost', async () => {
  const { passes, ends, signals } = setUp();
  passes.refresh();
  passes.cancel();
  expect(signals[0]?.aborted).toBe(true);
  passes.refresh();
  ends[0]?.();
  await vi.waitFor(() => {
    expect(signals).toHaveLength(2);
  });
  expect(signals[1]?.aborted).toBe(false);
  ends[1]?.();
  await passes.settled();
  expect(passes.running).toBe(false);
});

test('what is cancelled waits for the next change', async () => {
  const { passes, ends, signals } = setUp();
  passes.refresh();
  passes.cancel();
  ends[0]?.();
  await passes.settled();
  expect(signals).toHaveLength(1);
  passes.refresh();
  await vi.waitFor(() => {
    expect(signals).toHaveLength(2);
  });
});
