import { describe, expect, test } from 'vitest';
import { ok } from '../core/problem.ts';
import { asFiles } from '../engine/testing/parts.ts';
import { tinyLayersModel } from '../engine/testing/tiny-layers-model.ts';
import { openTemporaryStore } from '../storage/temporary-store.ts';
import { drop, drops, makeApp, stored, type Made } from './testing/make-app.ts';

/** Two classes, trained, with an edit that was undone; and what its file holds. */
async function withFile(
  model: readonly File[] = [],
): Promise<Made & { readonly id: string; readonly file: File }> {
  const made = await makeApp();
  const { app } = made;
  if (model.length > 0) await app.engine.useModelFiles(model, [0, 1]);
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

/** Where bytes lie in others. */
function placeOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at <= bytes.length - wanted.length; at++)
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  throw new Error('not in there');
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

describe('a project on a backbone of the person’s own', () => {
  const model = asFiles(tinyLayersModel());

  test('works at once in another browser, and after a reload', async () => {
    const { app, file } = await withFile(model);
    const backbone = app.engine.backbone;
    expect(backbone?.id).toMatch(/^own-/u);
    const other = await makeApp();
    await other.app.projectFiles.open(file);
    await expect.poll(() => other.app.engine.backbone).toEqual(backbone);
    expect(other.engine.head).not.toBeNull();
    expect(other.app.notices.list).toEqual([]);
    const again = await makeApp(other.store);
    expect(again.app.engine.backbone).toEqual(backbone);
    expect(again.engine.head).not.toBeNull();
  });

  test('works where a project was waiting for the same backbone', async () => {
    const { app, id, file } = await withFile(model);
    const options = app.project.options;
    const store = openTemporaryStore();
    const waiting = await makeApp(store);
    waiting.app.project.setOptions(options);
    const { app: other, engine } = await makeApp(store);
    await expect
      .poll(() => other.engine.fallback?.problem)
      .toEqual({ code: 'own-backbone-missing', id: options.backboneId });
    await other.projectFiles.open(file);
    await expect.poll(() => other.engine.backbone).toEqual(app.engine.backbone);
    expect(other.engine.fallback).toBeNull();
    expect(engine.head).not.toBeNull();
    expect(other.workspace.openId).not.toBe(id);
  });

  test('never takes the place of the one that is kept under its id', async () => {
    const { app, file } = await withFile(model);
    const id = app.engine.backbone?.id ?? '';
    const other = await makeApp();
    const kept = { id, files: model.toReversed(), inputRange: [-1, 1] as const };
    await other.store.saveBackbone(kept);
    await other.app.projectFiles.open(file);
    expect(await other.store.readBackbone(id)).toEqual(kept);
  });

  test('opens without it where its files are no good, and goes on once they are dropped', async () => {
    const { file } = await withFile(model);
    const bytes = new Uint8Array(await file.arrayBuffer());
    // Stored as they are: the last number of the weights is another.
    const weights = new Uint8Array((await model[1]?.arrayBuffer()) ?? []);
    const at = placeOf(bytes, weights.subarray(-64)) + 63;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { app, engine, store } = await makeApp();
    const before = app.engine.backbone;
    await app.projectFiles.open(new File([bytes], 'hats.zip'));
    await expect.poll(() => app.notices.list.length).toBe(2);
    expect(app.project.samples).toHaveLength(100);
    expect(app.training.classifier).not.toBeNull();
    expect(app.engine.backbone).toEqual(before);
    expect(engine.head).toBeNull();
    expect(app.notices.list.map(({ problem }) => problem?.code).toSorted()).toEqual([
      'own-backbone-missing',
      'project-backbone-invalid',
    ]);
    const id = app.project.options.backboneId;
    expect(await store.readBackbone(id)).toBeNull();
    await app.engine.useModelFiles(model, [0, 1]);
    expect(app.engine.backbone?.id).toBe(id);
    expect(engine.head).not.toBeNull();
  });

  test('that can’t be read any more is left out of the file, which is said', async () => {
    const { app, id, store } = await withFile(model);
    const readBackbone = store.readBackbone.bind(store);
    store.readBackbone = async (asked) => {
      const kept = await readBackbone(asked);
      return kept && { ...kept, files: kept.files.slice(0, 1) };
    };
    const { sink } = collect();
    expect(await app.projectFiles.save(id, sink)).toBe(true);
    expect(app.notices.list.map(({ problem }) => problem)).toContainEqual({
      code: 'project-backbone-invalid',
      file: 'model.json',
      reason: 'it lacks weights.bin',
    });
  });
});
