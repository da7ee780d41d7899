import { afterEach, expect, test, vi } from 'vitest';
import { SoonAgain } from './soon-again.ts';

const MINUTE_MILLIS = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

test('waits twice as long each time in vain, at most sixteen minutes', () => {
  vi.useFakeTimers();
  const waits: number[] = [];
  let before = Date.now();
  const again = new SoonAgain(() => {
    waits.push((Date.now() - before) / MINUTE_MILLIS);
    before = Date.now();
    again.wait();
  });
  again.wait();
  vi.advanceTimersByTime(70 * MINUTE_MILLIS);
  again.end();
  expect(waits).toEqual([1, 2, 4, 8, 16, 16, 16]);
});

test('tries at once when the network comes back, and not after its end', () => {
  vi.useFakeTimers();
  const attempt = vi.fn();
  const again = new SoonAgain(attempt);
  again.wait();
  dispatchEvent(new Event('online'));
  expect(attempt).toHaveBeenCalledTimes(1);
  again.wait();
  again.end();
  dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(30 * MINUTE_MILLIS);
  expect(attempt).toHaveBeenCalledTimes(1);
});
