import type { ModelFile } from '../../core/backbone.ts';
import { Cancelled, failed, ok, type Problem, type Result } from '../../core/problem.ts';
import type {
  ExportEngine,
  ExportRequest,
  ExportRun,
  RunRequest,
  Watch,
} from '../../engine/contract.ts';
import type {
  ExportedClassifier,
  DropContents,
  DroppedFile,
  Formats,
} from '../../formats/contract.ts';
import { openProjectFile } from '../../formats/project-file/read.ts';
import { writeProject } from '../../formats/project-file/write.ts';
import type { Disk, OpenedProject, ProjectStore } from '../../storage/contract.ts';
import { PendingWrites } from '../../storage/pending-writes.ts';
import { openTemporaryStore } from '../../storage/temporary-store.ts';
import { App } from '../app.svelte.ts';
import { PLAIN_WORDS, type Address } from '../settings.ts';
import { FakeEngine } from './fake-engine.ts';

export interface Made {
  readonly app: App;
  readonly engine: FakeEngine;
  readonly exports: FakeExports;
  readonly store: ProjectStore;
  readonly formats: FakeFormats;
  readonly address: FakeAddress;
}

/**
 * An app on a fake engine, opened, that learns only when it is told to. Give it the store of another
 * to reopen that one's project.
 */
export async function makeApp(
  store: ProjectStore = openTemporaryStore(),
  engine = new FakeEngine(),
  address = new FakeAddress(null),
): Promise<Made> {
  const made = buildApp(store, engine, address);
  await made.app.open();
  return made;
}

/** What the store has of the project that was changed last. */
export async function stored(store: ProjectStore): Promise<OpenedProject> {
  await store.settled();
  const projects = await store.projects();
  const id = projects.ok ? projects.value[0]?.id : undefined;
  const opened = await store.open(id ?? '');
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value;
}

/** An app that has yet to be opened. */
export function buildApp(
  store: ProjectStore,
  engine: FakeEngine,
  address = new FakeAddress(null),
): Made {
  const formats = new FakeFormats();
  const exports = new FakeExports(engine);
  const settings = new Map([['up-to-date', 'off']]);
  const app = new App({
    engine,
    exports,
    store,
    formats,
    settings: {
      get: (key) => settings.get(key) ?? null,
      set: (key, value) =>
        value === null ? void settings.delete(key) : void settings.set(key, value),
    },
    address,
    words: PLAIN_WORDS,
    addressBackend: null,
    addressRuntime: null,
    addressBackbone: null,
    mayFallBack: true,
    filesStay: false,
    reload: () => {
      address.reloads += 1;
    },
    playerFiles: () => Promise.resolve([{ name: 'index.html', bytes: new Uint8Array([9]) }]),
    ownModelIds: () => Promise.resolve(new Set(['mobilenet_v2_1.0_224'])),
  });
  return { app, engine, exports, store, formats, address };
}

/** An app with two projects, hats and shoes, of which the second is open. */
export async function withTwo(
  store?: ProjectStore,
): Promise<Made & { readonly hats: string; readonly shoes: string }> {
  const made = await makeApp(store);
  const { app } = made;
  app.project.rename('hats');
  await app.arrival.addFiles(drops(['hat', 'cap'], 5));
  const hats = app.workspace.openId;
  await app.workspace.create();
  app.project.rename('shoes');
  await app.arrival.addFiles(drops(['boot', 'sandal'], 3));
  await app.workspace.refresh();
  return { ...made, hats, shoes: app.workspace.openId };
}

/** What a tab has of a disk whose projects are all open in another one. */
export function storeOfSecondTab(disk: Disk): ProjectStore {
  const claim = () =>
    Promise.resolve({
      held: false,
      steal: () => Promise.resolve(),
      release: () => undefined,
    });
  return new PendingWrites(disk, { claim });
}

/** As in another tab, or after a reload, of the same browser. */
export function openAgain(store: ProjectStore, projectId: string | null): Promise<Made> {
  return makeApp(store, new FakeEngine(), new FakeAddress(projectId));
}

/** An address that tests read and move. */
export class FakeAddress implements Address {
  readonly projectId: string | null;
  /** Every one that was shown. */
  readonly shown: string[] = [];
  /** How often the page was loaded anew. */
  reloads = 0;
  move: (projectId: string | null) => void = () => undefined;

  constructor(projectId: string | null) {
    this.projectId = projectId;
  }

  show(projectId: string): void {
    this.shown.push(projectId);
  }

  onMove(listener: (projectId: string | null) => void): () => void {
    this.move = listener;
    return () => undefined;
  }
}

/** Every drop is pictures, unless a test says otherwise. */
export class FakeFormats implements Formats {
  contents: Result<DropContents> | null = null;
  zipped: readonly ModelFile[] = [];
  written: Parameters<Formats['writeClassifier']>[0] | null = null;

  readDrop(files: readonly DroppedFile[]): Promise<Result<DropContents>> {
    return Promise.resolve(this.contents ?? ok({ kind: 'pictures', files, problems: [] }));
  }

  writeClassifier(source: Parameters<Formats['writeClassifier']>[0]) {
    this.written = source;
    return Promise.resolve([{ name: 'model.json', bytes: new Uint8Array([1]) }]);
  }

  zip(files: readonly ModelFile[]): Promise<Blob> {
    this.zipped = files;
    return Promise.resolve(new Blob(['zip']));
  }

  readonly writeProject = writeProject;
  readonly openProject = openProjectFile;
}

/** Writes one byte, and answers as the engine does unless a test says otherwise. */
export class FakeExports implements ExportEngine {
  readonly written: ExportRequest[] = [];
  /** What the pictures show that the last one was to be calibrated on. */
  calibratedOn: readonly string[] = [];
  problem: Problem | null = null;
  crash: Error | null = null;
  /** Done to the answers of each picture. */
  distort = (probabilities: Float32Array): Float32Array => probabilities;
  readonly #engine: FakeEngine;

  constructor(engine: FakeEngine) {
    this.#engine = engine;
  }

  async write(
    _source: ExportedClassifier,
    request: ExportRequest,
    pictures: readonly Blob[],
    watch?: Watch<number>,
  ): Promise<Result<readonly ModelFile[]>> {
    this.written.push(request);
    this.calibratedOn = await Promise.all(pictures.map((picture) => picture.text()));
    watch?.onReport?.(pictures.length);
    await this.#engine.gate;
    if (watch?.signal?.aborted) throw new Cancelled();
    if (this.problem) return failed(this.problem);
    return ok([{ name: `model.${request.format}`, bytes: new Uint8Array([1]) }]);
  }

  async run(
    _files: readonly ModelFile[],
    { pictures }: RunRequest,
    watch?: { readonly onReport?: (done: number) => void },
  ): Promise<ExportRun> {
    if (this.crash) throw this.crash;
    const answers: number[] = [];
    for (const [index, picture] of pictures.entries()) {
      const answered = await this.#engine.classify(picture);
      if (answered.ok) answers.push(...this.distort(answered.value.probabilities));
      watch?.onReport?.(index + 1);
    }
    const probabilities = Float32Array.from(answers);
    return { runtime: 'Another runtime', probabilities, millisAPicture: 3 };
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
