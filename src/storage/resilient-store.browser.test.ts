import { describe, expect, test } from 'vitest';
import type { Problem } from '../core/problem.ts';
import type { StoreEvent } from './contract.ts';
import { ResilientStore } from './resilient-store.ts';
import { breakableDisk } from './testing/breakable-disk.ts';
import { makeFile, makeSample } from './testing/pictures.ts';

const classes = [{ id: 'c1', label: 'hat' }];
const full: Problem = { code: 'storage-full', usedMegabytes: 12 };

function listen(store: ResilientStore): StoreEvent[] {
  const events: StoreEvent[] = [];
  store.onEvent((event) => events.push(event));
  return events;
}

describe('a disk that fills up midway', () => {
  test('is said once; what was there and what comes after can both be read', async () => {
    const { disk, fail } = breakableDisk();
    const store = new ResilientStore(disk);
    const events = listen(store);
    const before = makeSample();
    const after = makeSample();
    await store.addSamples(classes, [{ sample: before, file: makeFile('before') }]);
    expect(store.place).toBe('disk');

    fail(full);
    expect(await store.addSamples(classes, [{ sample: after, file: makeFile('after') }])).toEqual({
      ok: true,
      value: undefined,
    });
    await store.updateSamples([{ sample: before, thumbnail: makeFile('small') }]);
    await store.saveProject({ name: 'x', classes, options: null });

    expect(events).toEqual([{ kind: 'problem', problem: full }]);
    expect(store.place).toBe('memory');
    expect(await (await store.readFile(before.id))?.text()).toBe('before');
    expect(await (await store.readFile(after.id))?.text()).toBe('after');
    expect(await (await store.readThumbnail(before.id))?.text()).toBe('small');
  });

  test('a sample that is only in memory never gets on disk by half', async () => {
    const { disk, fail } = breakableDisk();
    const store = new ResilientStore(disk);
    const sample = makeSample({ state: 'arriving' });
    fail(full);
    await store.addSamples(classes, [{ sample, file: makeFile('x') }]);
    fail(null);
    await store.updateSamples([{ sample: { ...sample, state: 'ready' } }]);
    expect(await disk.load()).toMatchObject({ value: { samples: [] } });
  });

  test('room made by removing brings everything to disk', async () => {
    const { disk, fail } = breakableDisk();
    const store = new ResilientStore(disk);
    const events = listen(store);
    const [removed, stranded] = [makeSample(), makeSample()];
    await store.addSamples(classes, [{ sample: removed, file: makeFile('old') }]);
    fail(full);
    await store.addSamples(classes, [
      { sample: stranded, file: makeFile('new'), thumbnail: makeFile('small') },
    ]);
    await store.saveProject({ name: 'kept', classes, options: null });
    fail(null);
    await store.removeSamples([removed.id]);
    expect(await disk.load()).toMatchObject({
      value: { name: 'kept', classes, samples: [stranded] },
    });
    expect(await (await disk.readThumbnail(stranded.id))?.text()).toBe('small');
    expect(store.place).toBe('disk');
    expect(events.at(-1)).toEqual({ kind: 'settled' });
  });

  test('a picture that can not be read is nobody’s to keep', async () => {
    const { disk, fail } = breakableDisk();
    const store = new ResilientStore(disk);
    fail({ code: 'file-unreadable', file: 'a.png' });
    const outcome = await store.addSamples(classes, [
      { sample: makeSample(), file: makeFile('x') },
    ]);
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'file-unreadable' } });
    expect(store.place).toBe('disk');
  });
});

describe('a disk that can not be opened or read', () => {
  test('none at all: everything in memory', async () => {
    const store = new ResilientStore(null);
    store.report({ code: 'storage-refused', reason: 'private mode' });
    const sample = makeSample();
    await store.addSamples(classes, [{ sample, file: makeFile('x') }]);
    expect(await store.load()).toMatchObject({ value: { samples: [sample] } });
    expect(listen(store)).toHaveLength(1);
    expect(store.place).toBe('memory');
  });

  test('one that can’t be read is not written over', async () => {
    const { disk, fail } = breakableDisk();
    await disk.addSamples(classes, [{ sample: makeSample(), file: makeFile('x') }]);
    fail({ code: 'storage-refused', reason: 'broken' });
    const store = new ResilientStore(disk);
    expect(await store.load()).toMatchObject({ ok: true, value: { samples: [] } });
    fail(null);
    await store.saveProject({ name: '', classes: [], options: null });
    expect(await disk.load()).toMatchObject({ value: { classes } });
  });
});

describe('a project that another tab has', () => {
  test('is read here, and what is done here stays in memory', async () => {
    const { disk } = breakableDisk();
    const sample = makeSample();
    await disk.addSamples(classes, [{ sample, file: makeFile('x') }]);
    const store = new ResilientStore(disk);
    store.stopWriting('open-elsewhere');
    expect(await store.load()).toMatchObject({ value: { samples: [sample] } });
    await store.removeSamples([sample.id]);
    await store.clear();
    expect(await disk.load()).toMatchObject({ value: { samples: [sample] } });
    expect(listen(store)).toEqual([{ kind: 'open-elsewhere' }]);
  });
});
