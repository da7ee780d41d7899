import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unpackHashes } from '../core/embedding.ts';
import { failed, ok, type Result } from '../core/problem.ts';
import { NeedlessEmbeddings } from './needless-embeddings.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const hashOf = (index: number) => index.toString(16).padStart(64, '0');

function setUp(needed: () => Result<ReadonlySet<string>>) {
  const state = { busy: false, goes: false, gone: 0, fails: false };
  const asked: string[][] = [];
  const needless = new NeedlessEmbeddings({
    store: { neededHashes: () => Promise.resolve(needed()) },
    engine: {
      keepEmbeddings: (packed) => {
        asked.push(unpackHashes(packed));
        return state.fails ? Promise.reject(new Error('gone')) : Promise.resolve(state.goes);
      },
    },
    pipeline: {
      get busy() {
        return state.busy;
      },
      askAgain: () => (state.gone += 1),
    },
    restMillis: 100,
  });
  return { state, asked, needless };
}

test('looks twice, a rest apart, with all that is needed, and says when something went', async () => {
  const all = Array.from({ length: 2500 }, (_, index) => hashOf(index));
  vi.useRealTimers();
  const { state, asked, needless } = setUp(() => ok(new Set(all)));
  needless.soon();
  needless.soon();
  expect(asked).toEqual([]);
  await vi.waitFor(() => {
    expect(asked).toHaveLength(1);
  });
  expect(asked[0]).toEqual(all);
  state.goes = true;
  await vi.waitFor(() => {
    expect(state.gone).toBe(1);
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(asked).toHaveLength(2);
});

test('waits while something is done, and goes on after a failure', async () => {
  const { state, asked, needless } = setUp(() => ok(new Set([hashOf(1)])));
  state.busy = true;
  needless.soon();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  [state.busy, state.fails] = [false, true];
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([[hashOf(1)], [hashOf(1)]]);
  expect(state.gone).toBe(0);
});

test('lets nothing go where it is not known what is needed', async () => {
  const { asked, needless } = setUp(() => failed({ code: 'storage-refused', reason: '' }));
  needless.soon();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
});
