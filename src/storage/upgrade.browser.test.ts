import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import { openIndexedDbDisk } from './indexeddb-disk.ts';
import type { OpenedProject, Disk } from './contract.ts';
import { opened } from './testing/made-changes.ts';

/** A database written call by call as versions 1 and 2 wrote it. */
interface Old {
  readonly samples: readonly object[];
  readonly files: ReadonlyMap<string, unknown>;
  readonly thumbnails: ReadonlyMap<string, unknown>;
}

const hashA = 'a'.repeat(64);
const hashB = 'b'.repeat(64);
const classes = [
  { id: '0-aa', label: 'hat' },
  { id: '1-bb', label: '<b>shoe</b>' },
];
const classifier = {
  head: { embeddingLength: 1, classIds: ['0-aa'], layers: [] },
  test: { accuracy: 0.5 },
  validation: null,
  fingerprint: 'f',
};
/** Of a version that knew no solvers yet. */
const olderOptions = {
  ...DEFAULT_PROJECT_OPTIONS,
  crop: 'pad',
  training: { ...DEFAULT_PROJECT_OPTIONS.training, solver: undefined },
};

let name = '';
beforeEach(() => (name = `test-${crypto.randomUUID()}`));
afterEach(() => deleteDB(name));

function sampleOf(id: string, addedAtMillis: number, patch: object = {}): object {
  return {
    id,
    classId: '0-aa',
    name: `${id}.png`,
    purpose: 'train',
    state: 'ready',
    hash: hashA,
    widthPx: 4,
    heightPx: 3,
    addedAtMillis,
    ...patch,
  };
}

async function writeOld(version: 1 | 2, { samples, files, thumbnails }: Old): Promise<void> {
  const database = await openDB(name, version, {
    upgrade(made) {
      made.createObjectStore('project');
      made.createObjectStore('samples', { keyPath: 'id' });
      made.createObjectStore('files');
      made.createObjectStore('thumbnails');
      made.createObjectStore('backbones', { keyPath: 'id' });
      made.createObjectStore('embeddings');
    },
  });
  await database.put(
    'project',
    { name: 'mine', options: JSON.parse(JSON.stringify(olderOptions)) as unknown },
    'project',
  );
  await database.put('project', classes, 'classes');
  await database.put('project', classifier, 'classifier');
  for (const sample of samples) await database.put('samples', sample);
  for (const [id, file] of files) await database.put('files', file, id);
  for (const [id, thumbnail] of thumbnails) await database.put('thumbnails', thumbnail, id);
  await database.put('backbones', {
    id: 'own-1',
    files: [new File(['{}'], 'model.json')],
    inputRange: [0, 1],
  });
  await database.put('embeddings', new Float32Array([1, 2]), ['b', 'centre', hashA]);
  database.close();
}

async function carriedOver(): Promise<{ disk: Disk; project: OpenedProject }> {
  const disk = await openIndexedDbDisk(name);
  if (!disk.ok) throw new Error(JSON.stringify(disk.problem));
  const projects = await disk.value.projects();
  const [only, ...more] = projects.ok ? projects.value : [];
  expect(more).toEqual([]);
  return { disk: disk.value, project: await opened(disk.value, only?.id ?? '') };
}

test('a database of version 2 opens with everything in it', async () => {
  const inline = (text: string): unknown => ({
    type: 'image/png',
    bytes: new TextEncoder().encode(text).buffer,
  });
  const large = new File([new Uint8Array(70_000).fill(7)], 'b.jpg', { type: 'image/jpeg' });
  await writeOld(2, {
    samples: [
      sampleOf('late', 30, { hash: hashB, purpose: 'test', classId: '1-bb' }),
      sampleOf('early', 10),
      sampleOf('twin', 20, { classId: '1-bb' }),
      sampleOf('new', 40, { state: 'arriving', hash: null, widthPx: 0, heightPx: 0 }),
    ],
    files: new Map([
      ['early', inline('A')],
      ['twin', inline('A')],
      ['late', large],
      ['new', inline('N')],
    ]),
    thumbnails: new Map([
      ['early', inline('a')],
      ['twin', inline('a')],
      ['late', inline('b')],
    ]),
  });
  const { disk, project } = await carriedOver();
  const { dataset, history } = project.versioned;
  expect(dataset).toMatchObject({ name: 'mine', classes });
  expect(dataset.options).toEqual({ ...DEFAULT_PROJECT_OPTIONS, crop: 'pad' });
  expect(history).toEqual({ done: [], undone: [] });
  const origin = { kind: 'files', batch: '', path: 'early.png', modifiedAtMillis: null };
  expect(dataset.samples).toMatchObject([
    { id: 'early', hash: hashA, classId: '0-aa', purpose: 'learn', addedAtMillis: 10, origin },
    { id: 'twin', hash: hashA, classId: '1-bb', purpose: 'learn', widthPx: 4 },
    { id: 'late', hash: hashB, classId: '1-bb', purpose: 'judge', heightPx: 3 },
  ]);
  expect(project.classifier).toEqual(classifier);
  expect(project.summary).toMatchObject({ accuracy: 0.5, pictures: 3, bytes: 70_001 });
  expect(await (await disk.readFile(hashA))?.text()).toBe('A');
  expect(await (await disk.readThumbnail(hashA))?.text()).toBe('a');
  expect((await disk.readFile(hashB))?.size).toBe(70_000);
  expect(await disk.readBackbone('own-1')).toMatchObject({ inputRange: [0, 1] });

  const [waiting] = project.unfinished;
  expect(project.unfinished).toHaveLength(1);
  expect(waiting).toMatchObject({ id: 'new', name: 'new.png', classId: '0-aa', purpose: 'learn' });
  expect(await waiting?.file.text()).toBe('N');
  const { id } = project.summary;
  const { versioned: after } = project;
  await disk.commit([
    { projectId: id, after, step: null, contents: [], finished: ['new'], atMillis: 1 },
  ]);
  expect((await opened(disk, id)).unfinished).toEqual([]);
});

test('one of version 1, whose pictures are Blobs, too; purging leaves nothing of them', async () => {
  await writeOld(1, {
    samples: [sampleOf('s', 10)],
    files: new Map([['s', new Blob(['A'], { type: 'image/png' })]]),
    thumbnails: new Map([['s', new Blob(['a'])]]),
  });
  const { disk, project } = await carriedOver();
  const file = await disk.readFile(hashA);
  expect([await file?.text(), file?.type]).toEqual(['A', 'image/png']);
  await disk.purge(project.summary.id);
  const database = await openDB(name);
  for (const store of ['projects', 'chunks', 'uses', 'files', 'thumbnails', 'moved'])
    expect(await database.count(store)).toBe(0);
  expect(await database.getAll('embeddings')).toEqual([new Float32Array([1, 2])]);
  expect([...database.objectStoreNames]).not.toContain('samples');
  database.close();
});

test('an empty one has no project', async () => {
  const database = await openDB(name, 2, {
    upgrade(made) {
      made.createObjectStore('project');
      made.createObjectStore('samples', { keyPath: 'id' });
      for (const store of ['files', 'thumbnails', 'embeddings']) made.createObjectStore(store);
      made.createObjectStore('backbones', { keyPath: 'id' });
    },
  });
  database.close();
  const disk = await openIndexedDbDisk(name);
  expect(disk.ok && (await disk.value.projects())).toEqual({ ok: true, value: [] });
});

test('one that cannot be carried over stays as it was', async () => {
  await writeOld(2, {
    samples: [sampleOf('s', 10, { hash: { not: 'a hash' } })],
    files: new Map(),
    thumbnails: new Map(),
  });
  expect(await openIndexedDbDisk(name)).toMatchObject({
    problem: { code: 'storage-refused' },
  });
  const database = await openDB(name);
  expect(database.version).toBe(2);
  expect(await database.count('samples')).toBe(1);
  database.close();
});
