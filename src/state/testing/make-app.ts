import { ok, type Result } from '../../core/problem.ts';
import type { DropContents, DroppedFile, Formats } from '../../formats/contract.ts';
import type { ProjectStore } from '../../storage/contract.ts';
import { createTemporaryStore } from '../../storage/create-store.ts';
import { App } from '../app.svelte.ts';
import { PLAIN_WORDS } from '../words.ts';
import { FakeEngine } from './fake-engine.ts';

export interface Made {
  readonly app: App;
  readonly engine: FakeEngine;
  readonly store: ProjectStore;
  readonly formats: FakeFormats;
}

/**
 * An app on a fake engine, opened, that learns only when it is told to. Give it the store of another
 * to reopen that one's project.
 */
export async function makeApp(
  store: ProjectStore = createTemporaryStore(),
  engine = new FakeEngine(),
): Promise<Made> {
  const made = buildApp(store, engine);
  await made.app.open();
  return made;
}

/** An app that has yet to be opened. */
export function buildApp(store: ProjectStore, engine: FakeEngine): Made {
  const formats = new FakeFormats();
  const settings = new Map([['up-to-date', 'off']]);
  const app = new App({
    engine,
    store,
    formats,
    settings: {
      get: (key) => settings.get(key) ?? null,
      set: (key, value) =>
        value === null ? void settings.delete(key) : void settings.set(key, value),
    },
    words: PLAIN_WORDS,
    addressBackend: null,
    addressRuntime: null,
    addressBackbone: null,
    mayStandIn: true,
    playerFiles: () => Promise.resolve([{ name: 'index.html', bytes: new Uint8Array([9]) }]),
    ownModelIds: () => Promise.resolve(new Set(['mobilenet_v2_1.0_224'])),
  });
  return { app, engine, store, formats };
}

/** Every drop is pictures, unless a test says otherwise. */
export class FakeFormats implements Formats {
  contents: Result<DropContents> | null = null;
  written: Parameters<Formats['writeClassifier']>[0] | null = null;

  readDrop(files: readonly DroppedFile[]): Promise<Result<DropContents>> {
    return Promise.resolve(this.contents ?? ok({ kind: 'pictures', files, problems: [] }));
  }

  writeClassifier(source: Parameters<Formats['writeClassifier']>[0]) {
    this.written = source;
    return [{ name: 'model.json', bytes: new Uint8Array([1]) }];
  }

  zip(): Promise<Blob> {
    return Promise.resolve(new Blob(['zip']));
  }
}

/** A dropped file; a picture shows its folder's name unless `text` says otherwise. */
export function drop(
  path: string,
  text = path.replace(/^(?:train|test)\//u, '').replace('/', ' '),
): DroppedFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { path, file: new File([text], name, { type: 'image/png' }) };
}

/** So many pictures of each folder. */
export function drops(folders: readonly string[], count: number): DroppedFile[] {
  return folders.flatMap((folder) =>
    Array.from({ length: count }, (_, index) => drop(`${folder}/${String(index)}.png`)),
  );
}
