import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Versioned } from '../core/history.ts';
import { failed, type Problem } from '../core/problem.ts';
import { editSeed, madeSample, type EditSeed } from '../core/testing/random-edits.ts';
import { hashesOf } from './content-needs.ts';
import { asBlob, sizeOf } from './kept-blob.ts';
import { MemoryDisk } from './memory-disk.ts';
import { PendingWrites, type PendingWritesOptions } from './pending-writes.ts';
import type { Disk, StoreEvent } from './contract.ts';
import { faultyDisk } from './testing/faulty-disk.ts';
import {
  changeOf,
  contentOf,
  editChange,
  EMPTY,
  forgetChange,
  newProject,
  opened,
  stillChange,
} from './testing/made-changes.ts';

const full: Problem = { code: 'storage-full', usedMegabytes: 12 };

function setUp(options: PendingWritesOptions = {}) {
  const kept = new MemoryDisk();
  const faulty = faultyDisk(kept);
  const store = new PendingWrites(faulty.disk, { retryMillis: 1e6, ...options });
  const events: StoreEvent[] = [];
  store.onEvent((event) => events.push(event));
  return { kept, ...faulty, store, events };
}

const named = (before: Versioned, name: string) =>
  editChange('p', before, { kind: 'rename-project', name });

/** Whether the history was let go, and only pictures that wait to be written are missing. */
function isPartOf({ dataset, history }: Versioned, onDisk: Versioned): boolean {
  if (history.done.length + history.undone.length > 0 || onDisk.history.done.length > 0)
    return false;
  const there = new Set(onDisk.dataset.samples);
  const samples = dataset.samples.filter((sample) => there.has(sample));
  return isDeepStrictEqual({ ...dataset, samples }, onDisk.dataset);
}

/** A disk that takes no more bytes of files than it has room for. */
function smallDisk(inner: MemoryDisk, room: number): Disk {
  const { disk } = faultyDisk(inner);
  const commit: Disk['commit'] = async (changes) => {
    const summaries = await inner.projects();
    const used = summaries.ok ? summaries.value.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
    const more = changes
      .flatMap(({ contents }) => contents)
      .reduce((sum, { file }) => sum + sizeOf(file), 0);
    return more > 0 && used + more > room ? failed(full) : inner.commit(changes);
  };
  return { ...disk, commit };
}

describe('against a model', () => {
  const act = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('edit' as const), seed: editSeed }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), seed: editSeed }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('redo' as const), seed: editSeed }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), seed: editSeed }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('refuse', 'recover', 'slow', 'fast', 'retry', 'wait', 'reload'),
        seed: editSeed,
      }),
    },
  );

  const seed: EditSeed = { kind: 0, picks: [0, 0, 0], count: 1 };
  /** A try that was asked for joined one that the disk had just refused, and what it was about stayed waiting. */
  const RECOVERED_UNDER_A_TRY = (['forget', 'refuse', 'reload'] as const).map(
    (kind): [number, { kind: typeof kind; seed: EditSeed }] => [0, { kind, seed }],
  );

  test('what is on disk is what was done up to some moment, and all of it once nothing waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), act), { maxLength: 60 }), async (acts) => {
        const { kept, store, fail, slowDown } = setUp();
        const ids = ['p', 'q'];
        const states = new Map(ids.map((id) => [id, [EMPTY]]));
        const check = async (): Promise<void> => {
          for (const id of ids) {
            const done = states.get(id) ?? [];
            const onDisk = (await opened(kept, id)).versioned;
            // Also held by identity: the memory disk copies nothing.
            const reached = done.findLastIndex(
              (state) => state === onDisk || isPartOf(state, onDisk),
            );
            expect(reached).toBeGreaterThanOrEqual(0);
            if (store.waiting === 0) expect(onDisk).toBe(done.at(-1));
            for (const hash of hashesOf(onDisk))
              expect(await (await kept.readFile(hash))?.text()).toBe(`file of ${hash}`);
            // The page reads what waits as well.
            for (const hash of hashesOf(done.at(-1) ?? EMPTY))
              expect(await store.readFile(hash)).not.toBeNull();
          }
        };
        for (const id of ids) await store.create(newProject(id));
        for (const [index, [which, { kind, seed }]] of acts.entries()) {
          const id = ids[which] ?? 'p';
          const done = states.get(id) ?? [];
          if (kind === 'refuse') fail(full);
          else if (kind === 'recover') fail(null);
          else if (kind === 'slow')
            slowDown(() => new Promise((resolve) => setTimeout(resolve, seed.count % 3)));
          else if (kind === 'fast') slowDown(null);
          else if (kind === 'retry') await store.retry();
          else if (kind === 'wait') await new Promise((resolve) => setTimeout(resolve));
          else if (kind === 'reload') await check();
          else {
            const change = changeOf(id, done.at(-1) ?? EMPTY, kind, seed, 100 + index);
            if (change) {
              done.push(change.after);
              void store.save(change);
            }
          }
        }
        await store.settled();
        await check();
        fail(null);
        await store.retry();
        expect(store.waiting).toBe(0);
        expect(store.place).toBe('disk');
        await check();
      }),
      { numRuns: 60, examples: [[RECOVERED_UNDER_A_TRY]] },
    );
  });
});

describe('a disk that refuses', () => {
  test('is said once; reads see what waits; all is on disk again when it settles', async () => {
    const { kept, store, fail, events } = setUp();
    await store.create(newProject('p'));
    fail(full);
    const first = named(EMPTY, 'a');
    const second = editChange('p', first.after, {
      kind: 'add-samples',
      samples: [madeSample(1, null, 1)],
    });
    expect(await store.save(first)).toBe('memory');
    expect(await store.save(second)).toBe('memory');
    expect([store.place, store.waiting]).toEqual(['memory', 2]);
    expect(events).toEqual([{ kind: 'problem', problem: full }]);

    expect((await opened(store, 'p')).versioned).toBe(second.after);
    expect(await store.projects()).toMatchObject({ value: [{ id: 'p', name: 'a', pictures: 1 }] });
    const { hash } = madeSample(1, null, 1);
    expect(await (await store.readFile(hash))?.text()).toBe(`file of ${hash}`);
    expect((await opened(kept, 'p')).versioned).toBe(EMPTY);

    fail(null);
    await store.retry();
    expect((await opened(kept, 'p')).versioned).toBe(second.after);
    expect([store.place, store.waiting]).toEqual(['disk', 0]);
    expect(events.at(-1)).toEqual({ kind: 'settled' });
    fail(full);
    await store.save(named(second.after, 'b'));
    expect(events.at(-1)).toEqual({ kind: 'problem', problem: full });
  });

  test('a move made while it was full is there after a reload once it has room again', async () => {
    const { kept, store, fail } = setUp();
    await store.create(newProject('p'));
    const classes = [
      { id: 'c1', label: 'hat', index: 0 },
      { id: 'c2', label: 'shoe', index: 1 },
    ];
    const made = editChange('p', EMPTY, { kind: 'add-classes', classes });
    const samples = [madeSample(1, 'c1', 1)];
    const added = editChange('p', made.after, { kind: 'add-samples', samples });
    await Promise.all([store.save(made), store.save(added)]);
    fail(full);
    const labels = [{ id: 's1', classId: 'c2' }];
    const moved = editChange('p', added.after, { kind: 'label-samples', labels });
    expect(await store.save(moved)).toBe('memory');
    fail(null);
    await store.create(newProject('q'));
    expect(store.place).toBe('memory');
    await store.purge('q');
    expect(store.place).toBe('disk');
    const { dataset } = (await opened(kept, 'p')).versioned;
    expect(dataset.samples[0]?.classId).toBe('c2');
  });

  test('has room again for what it refused once the history is let go', async () => {
    const kept = new MemoryDisk();
    const one = sizeOf(contentOf(madeSample(0, null, 0).hash).file);
    const store = new PendingWrites(smallDisk(kept, 300 * one), { retryMillis: 1e6 });
    await store.create(newProject('p'));
    await store.create(newProject('q'));
    const add = (id: string, before: Versioned, from: number, count: number) => {
      const samples = Array.from({ length: count }, (_, index) =>
        madeSample(from + index, null, from + index),
      );
      return editChange(id, before, { kind: 'add-samples', samples });
    };
    const first = add('p', EMPTY, 100, 200);
    await store.save(first);
    const other = add('q', EMPTY, 1000, 101);
    expect(await store.save(other)).toBe('memory');
    const ids = first.after.dataset.samples.slice(1).map(({ id }) => id);
    const removed = editChange('p', first.after, { kind: 'remove-samples', ids });
    const second = add('p', removed.after, 400, 150);
    // Waits only to be removed again: it needn't be written.
    const brief = add('p', second.after, 700, 500);
    const briefIds = brief.after.dataset.samples
      .filter(({ addedAtMillis }) => addedAtMillis >= 700)
      .map(({ id }) => id);
    const back = editChange('p', brief.after, { kind: 'remove-samples', ids: briefIds });
    for (const change of [removed, second, brief, back])
      expect(await store.save(change)).toBe('memory');
    const forgotten = forgetChange('p', back.after);
    const saving = store.save(forgotten);
    const later = named(forgotten.after, 'later');
    void store.save(later);
    expect(await saving).toBe('disk');
    await store.settled();
    expect([store.place, store.waiting]).toEqual(['disk', 0]);
    expect((await opened(kept, 'p')).versioned).toEqual(later.after);
    expect((await opened(kept, 'q')).versioned).toBe(other.after);
    const needed = await kept.neededHashes();
    expect(needed.ok && needed.value).toEqual(
      new Set([...hashesOf(later.after), ...hashesOf(other.after)]),
    );
    expect(await kept.readFile(madeSample(101, null, 1).hash)).toBeNull();
  });

  test('is asked for what it has not taken too, where all that is needed is listed', async () => {
    const { store, fail } = setUp();
    await store.create(newProject('p'));
    fail(full);
    const samples = [madeSample(1, null, 1)];
    await store.save(editChange('p', EMPTY, { kind: 'add-samples', samples }));
    expect(await store.neededHashes()).toEqual({
      ok: true,
      value: new Set(samples.map(({ hash }) => hash)),
    });
  });

  test('is tried again after a while', async () => {
    vi.useFakeTimers();
    try {
      const { store, fail, events } = setUp({ retryMillis: 1000 });
      await store.create(newProject('p'));
      fail(full);
      await store.save(named(EMPTY, 'a'));
      await vi.advanceTimersByTimeAsync(1000);
      expect(store.waiting).toBe(1);
      fail(null);
      await vi.advanceTimersByTimeAsync(1999);
      expect(store.waiting).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(store.waiting).toBe(0);
      expect(events.map(({ kind }) => kind)).toEqual(['problem', 'settled']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('keeps even a project that it never took, and a backbone', async () => {
    const { store, fail } = setUp();
    fail(full);
    expect(await store.create(newProject('p'))).toBe('memory');
    const change = named(EMPTY, 'a');
    await store.save(change);
    expect((await opened(store, 'p')).versioned).toBe(change.after);
    await store.saveBackbone({ id: 'own-1', files: [], inputRange: [0, 1] });
    expect(await store.readBackbone('own-1')).toMatchObject({ inputRange: [0, 1] });
    expect(await store.duplicate('p', { id: 'q', name: 'b', atMillis: 1 })).toEqual({
      ok: false,
      problem: full,
    });
  });

  test('purging a project gives up what waits of it, and lets the rest be written', async () => {
    const { kept, store, fail } = setUp();
    await store.create(newProject('p'));
    await store.create(newProject('q'));
    fail(full);
    await store.save(named(EMPTY, 'a'));
    const other = editChange('q', EMPTY, { kind: 'rename-project', name: 'b' });
    await store.save(other);
    fail(null);
    expect(await store.purge('p')).toEqual({ ok: true, value: undefined });
    expect(await kept.projects()).toMatchObject({ value: [{ id: 'q', name: 'b' }] });
    expect(store.waiting).toBe(0);
  });
});

test('a file that went away keeps nothing else from the disk', async () => {
  const { kept, store, fail, slowDown, events } = setUp();
  await store.create(newProject('p'));
  const samples = [madeSample(1, null, 1), madeSample(2, null, 2)];
  const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
  const gone = contentOf(madeSample(1, null, 1).hash);
  const [, readable = gone] = added.contents;
  vi.spyOn(asBlob(gone.file), 'slice').mockImplementation(() => {
    throw new DOMException('gone', 'NotFoundError');
  });
  fail({ code: 'file-unreadable', file: '' });
  let tries = 0;
  slowDown(() => {
    tries += 1;
    if (tries === 2) fail(null);
    return Promise.resolve();
  });
  expect(await store.save({ ...added, contents: [gone, readable] })).toBe('disk');
  expect(events).toEqual([{ kind: 'unreadable', projectId: 'p', hashes: [gone.hash] }]);
  expect((await opened(kept, 'p')).versioned.dataset.samples).toHaveLength(2);
  expect(await kept.readFile(gone.hash)).toBeNull();
  expect(await kept.readFile(readable.hash)).not.toBeNull();
});

describe('a project that another tab has', () => {
  test('is read here, and what is done here stays in memory; others are written', async () => {
    const held = { p: false, q: true };
    const claim = (id: string) =>
      Promise.resolve({
        held: held[id as 'p' | 'q'],
        steal: () => Promise.resolve(),
        release: () => undefined,
      });
    const { kept, store, events } = setUp({ claim });
    await kept.create(newProject('p'));
    await kept.create(newProject('q'));
    expect((await opened(store, 'p')).versioned).toBe(EMPTY);
    expect(events).toEqual([{ kind: 'open-elsewhere', projectId: 'p' }]);
    expect(await store.save(named(EMPTY, 'a'))).toBe('memory');
    const other = editChange('q', EMPTY, { kind: 'rename-project', name: 'b' });
    expect(await store.save(other)).toBe('disk');
    expect((await opened(kept, 'p')).versioned).toBe(EMPTY);
    expect((await opened(kept, 'q')).versioned).toBe(other.after);
    expect([store.place, store.waiting]).toEqual(['memory', 1]);
    expect(await store.purge('p')).toMatchObject({ problem: { code: 'project-in-use' } });
  });

  test('one that is taken over is written no more', async () => {
    let lose = (): void => undefined;
    const claim = (_: string, onLost: () => void) => {
      lose = onLost;
      return Promise.resolve({
        held: true,
        steal: () => Promise.resolve(),
        release: () => undefined,
      });
    };
    const { kept, store, events } = setUp({ claim });
    await store.create(newProject('p'));
    lose();
    expect(await store.save(named(EMPTY, 'a'))).toBe('memory');
    expect(events).toEqual([{ kind: 'taken-over', projectId: 'p' }]);
    expect((await opened(kept, 'p')).versioned).toBe(EMPTY);
  });
});

describe('contents', () => {
  test('are read one by one, in the order asked for, from the queue or the disk', async () => {
    const { store, fail } = setUp();
    await store.create(newProject('p'));
    const hashes = Array.from({ length: 30 }, (_, index) => madeSample(index, null, 1).hash);
    await store.save(stillChange('p', EMPTY, { contents: hashes.slice(0, 20).map(contentOf) }));
    fail(full);
    await store.save(stillChange('p', EMPTY, { contents: hashes.slice(20).map(contentOf) }));
    const asked = [...hashes.toReversed(), 'none'];
    const found: [string, string | undefined][] = [];
    for await (const { hash, file } of store.readContents(asked))
      found.push([hash, await file?.text()]);
    expect(found).toEqual(
      asked.map((hash) => [hash, hash === 'none' ? undefined : `file of ${hash}`]),
    );
  });

  test('go when no project needs them, neither for what it has nor for what it could undo', async () => {
    const { kept, store } = setUp();
    await store.create(newProject('p'));
    const samples = [madeSample(1, null, 1)];
    const added = editChange('p', EMPTY, { kind: 'add-samples', samples });
    await store.save(added);
    await store.duplicate('p', { id: 'q', name: 'copy', atMillis: 2 });
    let now = editChange('p', added.after, { kind: 'remove-samples', ids: ['s1'] });
    await store.save(now);
    for (let index = 0; index < 100; index++) {
      now = editChange('p', now.after, { kind: 'rename-project', name: String(index) });
      await store.save(now);
    }
    const { hash } = madeSample(1, null, 1);
    expect(await kept.readFile(hash)).not.toBeNull();
    await store.purge('q');
    expect(await kept.readFile(hash)).toBeNull();
  });
});
