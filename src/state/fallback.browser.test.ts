import { afterEach, expect, test, vi } from 'vitest';
import { failed } from '../core/problem.ts';
import { Fallback } from './fallback.svelte.ts';

const MINUTE_MILLIS = 60_000;
const OFFLINE = failed({ code: 'unexpected', reason: 'offline' });

afterEach(() => {
  vi.useRealTimers();
});

test('waits twice as long each time in vain, at most sixteen minutes', () => {
  vi.useFakeTimers();
  const waits: number[] = [];
  let before = Date.now();
  const fallback = new Fallback('wanted', () => {
    waits.push((Date.now() - before) / MINUTE_MILLIS);
    before = Date.now();
    fallback.settle(OFFLINE);
  });
  fallback.settle(OFFLINE);
  vi.advanceTimersByTime(70 * MINUTE_MILLIS);
  fallback.end();
  expect(waits).toEqual([1, 2, 4, 8, 16, 16, 16]);
});

test('tries at once when the network comes back, and not after its end', () => {
  vi.useFakeTimers();
  const attempt = vi.fn();
  const fallback = new Fallback('wanted', attempt);
  fallback.settle(OFFLINE);
  dispatchEvent(new Event('online'));
  expect(attempt).toHaveBeenCalledTimes(1);
  fallback.settle(OFFLINE);
  fallback.end();
  dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(30 * MINUTE_MILLIS);
  expect(attempt).toHaveBeenCalledTimes(1);
});
