import { expect, test } from 'vitest';
import { MemoryDisk } from '../storage/memory-disk.ts';
import { PendingWrites } from '../storage/pending-writes.ts';
import { openAgain, storeOfSecondTab, withTwo } from './testing/make-app.ts';

test.each(['open', 'not open'])(
  'frees what only an undo would bring back, of a project that is %s',
  async (which) => {
    const { app, store, hats, shoes } = await withTwo();
    await app.workspace.open(hats);
    const [gone, ...kept] = app.project.samples;
    if (!gone) throw new Error('no picture');
    app.project.removeSamples([gone.id]);
    expect(await app.storageRoom.removable(shoes)).toEqual({ pictures: 0, bytes: 0 });
    const removable = await app.storageRoom.removable(hats);
    const file = await store.readFile(gone.hash);
    expect(removable).toEqual({ pictures: 1, bytes: file?.size });
    if (which === 'not open') await app.workspace.open(shoes);
    await app.storageRoom.free(hats);
    expect(app.notices.list[0]).toMatchObject({
      message: { key: 'room-freed', bytes: removable?.bytes },
    });
    expect(await app.storageRoom.removable(hats)).toEqual({ pictures: 0, bytes: 0 });
    expect(await store.readFile(gone.hash)).toBeNull();
    expect(await store.readThumbnail(gone.hash)).toBeNull();
    await app.workspace.open(hats);
    expect(app.history.undoable).toBeNull();
    expect(app.project.samples).toEqual(kept);
    for (const { hash } of kept) expect(await store.readFile(hash)).not.toBeNull();
    // What is done from here on can be undone.
    app.project.rename('caps');
    app.history.undo();
    expect(app.project.name).toBe('hats');
    const again = await openAgain(store, hats);
    expect(again.app.project.samples).toEqual(kept);
    expect(again.app.history.undoable).toBeNull();
  },
);

test.each(['open', 'not open'])(
  'frees nothing of one that another tab has, %s here',
  async (which) => {
    const disk = new MemoryDisk();
    const first = await withTwo(new PendingWrites(disk));
    const { hats, shoes } = first;
    await first.app.workspace.open(hats);
    first.app.project.removeSamples([first.app.project.samples[0]?.id ?? '']);
    await first.app.saved();
    const before = await disk.open(hats);
    const { app } = await openAgain(storeOfSecondTab(disk), which === 'open' ? hats : shoes);
    await app.storageRoom.free(hats);
    expect(app.notices.list[0]).toMatchObject({ problem: { code: 'project-in-use' } });
    expect(app.notices.list.some(({ message }) => message?.key === 'room-freed')).toBe(false);
    expect(await app.storageRoom.removable(hats)).toMatchObject({ pictures: 1 });
    expect(await disk.open(hats)).toEqual(before);
  },
);
