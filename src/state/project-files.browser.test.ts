import { expect, test } from 'vitest';
import { ok } from '../core/problem.ts';
import { drop, drops, makeApp, stored, type Made } from './testing/make-app.ts';

/** Two classes, trained, with an edit that was undone; and what its file holds. */
async function withFile(): Promise<Made & { readonly id: string; readonly file: File }> {
  const made = await makeApp();
  const { app } = made;
  app.project.rename('hats');
  await app.arrival.addFiles(drops(['hat', 'cap'], 50));
  await app.training.train();
  const [first] = app.project.samples;
  app.project.removeSamples([first?.id ?? '']);
  app.history.undo();
  const id = app.workspace.openId;
  const collecting = collect();
  expect(await app.projectFiles.save(id, collecting.sink)).toBe(true);
  return { ...made, id, file: await collecting.file };
}

function collect(): { readonly sink: WritableStream<Uint8Array>; readonly file: Promise<File> } {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const blob = new Response(stream.readable).blob();
  const file = blob.then((one) => new File([one], 'hats.zip', { type: 'application/zip' }));
  return { sink: stream.writable, file };
}

test('a project that was saved and opened in another browser is equal, to its pictures', async () => {
  const { store, file } = await withFile();
  const before = await stored(store);
  const other = await makeApp();
  await other.app.projectFiles.open(file);
  const after = await stored(other.store);
  expect(after.versioned).toEqual(before.versioned);
  expect(after.classifier).toEqual(before.classifier);
  const { id, changedAtMillis, ...summary } = before.summary;
  expect(after.summary).toMatchObject(summary);
  expect(after.summary.id).not.toBe(id);
  expect(after.summary.changedAtMillis).toBeGreaterThanOrEqual(changedAtMillis);
  for (const { hash } of after.versioned.dataset.samples)
    for (const read of ['readFile', 'readThumbnail'] as const) {
      const [one, same] = await Promise.all([other.store[read](hash), store[read](hash)]);
      expect(await one?.text()).toBe(await same?.text());
      expect(one?.type).toBe(same?.type);
    }
  expect(other.app.project.name).toBe('hats');
  expect(other.app.training.outdated).toBe(false);
  expect(other.app.history.redoable).toEqual({ kind: 'remove-pictures', count: 1 });
  expect(other.app.notices.list).toEqual([]);
});

test('opened beside the one that it came from, it is another', async () => {
  const { app, id, file } = await withFile();
  await app.projectFiles.open(file);
  expect(app.workspace.openId).not.toBe(id);
  expect(app.workspace.projects).toHaveLength(2);
  app.project.removeSamples(app.project.samples.map((one) => one.id));
  await app.workspace.open(id);
  expect(app.project.samples).toHaveLength(100);
});

test('a project file that is dropped opens, and the project that it is dropped on stays', async () => {
  const { file } = await withFile();
  const { app, formats } = await makeApp();
  await app.arrival.addFiles([drop('boot/1.png')]);
  const before = app.workspace.openId;
  formats.contents = ok({ kind: 'project', file });
  await app.arrival.addFiles([{ path: file.name, file }]);
  await expect.poll(() => app.project.samples.length).toBe(100);
  await app.workspace.open(before);
  expect(app.project.samples).toHaveLength(1);
});

test('a file that is none is said, and nothing is made of it', async () => {
  const { app } = await makeApp();
  await app.projectFiles.open(new File(['<img src=x>'], 'x.zip'));
  expect(app.notices.list).toMatchObject([{ problem: { code: 'zip-damaged', file: 'x.zip' } }]);
  expect(app.workspace.projects).toHaveLength(1);
  expect(app.projectFiles.phase).toBeNull();
});

test('cancelled while it is opened, nothing of it stays', async () => {
  const { file } = await withFile();
  const { app, store } = await makeApp();
  const save = store.save.bind(store);
  store.save = async (change) => {
    const kept = await save(change);
    expect(app.workspace.projects).toHaveLength(1);
    app.projectFiles.cancel();
    return kept;
  };
  await app.projectFiles.open(file);
  const projects = await store.projects();
  expect(projects.ok && projects.value).toHaveLength(1);
  expect(app.notices.list).toEqual([]);
});

test('cancelled while it is saved, its stream is aborted', async () => {
  const { app, id } = await withFile();
  let aborted = false;
  const sink = new WritableStream<Uint8Array>({
    write: () => {
      app.projectFiles.cancel();
    },
    abort: () => {
      aborted = true;
    },
  });
  expect(await app.projectFiles.save(id, sink)).toBe(false);
  expect(aborted).toBe(true);
  expect(app.projectFiles.phase).toBeNull();
});

test('a disk that is full while it is saved is said', async () => {
  const { app, id } = await withFile();
  const sink = new WritableStream<Uint8Array>({
    write: () => Promise.reject(new Error('no room')),
  });
  expect(await app.projectFiles.save(id, sink)).toBe(false);
  expect(app.notices.list.map(({ problem }) => problem)).toContainEqual({
    code: 'file-not-written',
    reason: 'no room',
  });
});
