import { expect, test } from 'vitest';
import { PaceMeter } from './progress.ts';

test('nothing is claimed before there is something to measure', () => {
  const meter = new PaceMeter(100, 0);
  expect(meter.read(0)).toEqual({ done: 0, total: 100, perSecond: null, millisLeft: null });
  meter.report(1, 100);
  expect(meter.read(100).perSecond).toBeNull();
});

test('a steady rate gives the time left', () => {
  const meter = new PaceMeter(100, 0);
  for (let second = 1; second <= 4; second++) meter.report(second * 10, second * 1000);
  expect(meter.read(4000)).toEqual({ done: 40, total: 100, perSecond: 10, millisLeft: 6000 });
});

test('a slow start is forgotten after the window', () => {
  const meter = new PaceMeter(1000, 0, 2000);
  meter.report(1, 10_000);
  for (let tick = 1; tick <= 40; tick++) meter.report(1 + tick * 5, 10_000 + tick * 100);
  expect(meter.read(14_000).perSecond).toBeCloseTo(50);
});

test('a stall shows as a falling rate, and done is done', () => {
  const meter = new PaceMeter(20, 0);
  meter.report(10, 1000);
  expect(meter.read(1000).perSecond).toBe(10);
  expect(meter.read(4000).perSecond).toBe(2.5);
  meter.report(20, 5000);
  expect(meter.read(5000).millisLeft).toBe(0);
});

test('more work moves the end', () => {
  const meter = new PaceMeter(10, 0);
  meter.report(10, 1000);
  meter.resize(30);
  expect(meter.read(1000)).toEqual({ done: 10, total: 30, perSecond: 10, millisLeft: 2000 });
});
