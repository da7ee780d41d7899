import { BUILT_IN, findBackbone } from '../core/backbone-catalogue.ts';
import type { BackboneInfo, ModelFile } from '../core/backbone.ts';
import { packHashes } from '../core/embedding.ts';
import type { Engine, ExportEngine } from '../engine/contract.ts';
import type { Formats, ImportedClassifier } from '../formats/contract.ts';
import type { ProjectStore, StoreEvent } from '../storage/contract.ts';
import { Arrival } from './arrival.svelte.ts';
import { Camera } from './camera.svelte.ts';
import { ClassifierState } from './classifier-state.svelte.ts';
import { Embedding } from './embedding.svelte.ts';
import { EngineState } from './engine-state.svelte.ts';
import { engineProblem } from './failure.ts';
import { Exporter } from './exporter.svelte.ts';
import { adoptClassifier } from './import-classifier.ts';
import { Library } from './library.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Project } from './project.svelte.ts';
import { SaveQueue } from './save-queue.ts';
import type { Settings } from './settings.ts';
import { Training } from './training.svelte.ts';
import { Trial } from './trial.svelte.ts';
import { Upgrade } from './upgrade.svelte.ts';
import { UpToDate } from './up-to-date.svelte.ts';
import { WholeExport } from './whole-export.svelte.ts';
import type { Words } from './words.ts';

/** What the app is built of; the composition root makes the real ones, tests make fakes. */
export interface AppParts {
  readonly engine: Engine;
  readonly exports: ExportEngine;
  readonly store: ProjectStore;
  readonly formats: Formats;
  readonly settings: Settings;
  readonly words: Words;
  /** Of the page's address: `?backend=`. */
  readonly addressBackend: string | null;
  /** Of the page's address: `?runtime=`. */
  readonly addressRuntime: string | null;
  /** Of the page's address: `?backbone=`. */
  readonly addressBackbone: string | null;
  /** Whether the built-in backbone is used until the one that was asked for is there. */
  readonly mayStandIn: boolean;
  /** The files of the player that an export carries. */
  readonly playerFiles: () => Promise<readonly ModelFile[]>;
  /** Ids in the site's own `models/index.json`; null where there is none. */
  readonly ownModelIds: () => Promise<ReadonlySet<string> | null>;
}

/** Everything the interface shows and does. */
export class App {
  readonly notices: Notices;
  readonly engine: EngineState;
  readonly project: Project;
  readonly arrival: Arrival;
  readonly embedding: Embedding;
  readonly training: Training;
  readonly upToDate: UpToDate;
  readonly upgrade: Upgrade;
  readonly camera: Camera;
  readonly trial: Trial;
  readonly exporter: Exporter;
  readonly wholeExport: WholeExport;

  #ready = $state(false);
  #place = $state<'memory' | 'disk'>('disk');
  #elsewhere = $state(false);
  #update: (() => void) | null = null;
  readonly #parts: AppParts;
  readonly #queue = new SaveQueue();
  readonly #library: Library;
  readonly #classifierState: ClassifierState;

  constructor(parts: AppParts) {
    this.#parts = parts;
    const { engine, store, formats } = parts;
    const queue = this.#queue;
    const notices = new Notices();
    const library = new Library({ store, queue, notices });
    const onBackbone = (backbone: BackboneInfo): void => {
      this.#onBackbone(backbone);
    };
    const onStandIn = (): void => {
      this.upgrade.refresh();
    };
    const engineState = new EngineState({ ...parts, queue, notices, onBackbone, onStandIn });
    const embedding = new Embedding({
      engine,
      library,
      backbone: () => engineState.backbone,
      notices,
    });
    const onChange = (): void => {
      embedding.refresh();
      this.upToDate.refresh();
      this.upgrade.refresh();
    };
    const project = new Project({ library, store, notices, words: parts.words, onChange });
    const classifierState = new ClassifierState({
      engine,
      store,
      queue,
      library,
      notices,
      engineState,
    });
    const arrival = new Arrival({
      engine,
      store,
      formats,
      library,
      notices,
      freeLabel: () => project.freeLabel(),
      onReady: onChange,
      onClassifier: (classifier) => this.#adopt(classifier),
      onBackbone: async (files) => {
        const backbone = await engineState.useModelFiles(files, null);
        if (backbone) notices.say({ key: 'backbone-imported', name: backbone.name });
      },
    });
    const arrived = (): Promise<void> => arrival.settled();
    const camera = new Camera();
    this.notices = notices;
    this.engine = engineState;
    this.project = project;
    this.arrival = arrival;
    this.embedding = embedding;
    const fitting = { engine, library, engineState, embedding, classifierState, arrived };
    this.training = new Training({
      ...fitting,
      onStart: () => {
        this.upToDate.cancel();
      },
      onEnd: () => {
        this.upToDate.refresh();
        this.upgrade.refresh();
      },
    });
    this.upToDate = new UpToDate({
      ...fitting,
      settings: parts.settings,
      trained: () => this.training.settled(),
      onFitted: () => {
        this.upgrade.refresh();
      },
    });
    this.upgrade = new Upgrade({ ...fitting, training: this.training });
    this.camera = camera;
    this.trial = new Trial({ engine, formats, camera, classifierState, notices });
    this.exporter = new Exporter({ ...parts, project, classifierState, engineState, embedding });
    this.wholeExport = new WholeExport({
      ...parts,
      exporter: this.exporter,
      project,
      classifierState,
    });
    this.#library = library;
    this.#classifierState = classifierState;
  }

  /** The stored project is loaded. */
  get ready(): boolean {
    return this.#ready;
  }
  /** Where work is kept: memory after storage was refused, and then closing the tab loses it. */
  get place(): 'memory' | 'disk' {
    return this.#place;
  }
  /** Another tab has the project; see {@link takeOver}. */
  get elsewhere(): boolean {
    return this.#elsewhere;
  }
  /** Closing the tab now would lose something. */
  get unsaved(): boolean {
    return (
      this.#queue.busy ||
      (this.#place === 'memory' && !this.#elsewhere && this.project.samples.length > 0)
    );
  }

  /** Loads the stored project, starts the engine, loads the backbone, goes on with pictures that were arriving. */
  async open(): Promise<void> {
    const { store } = this.#parts;
    store.onEvent((event) => {
      this.#hear(event);
    });
    const loaded = await store.load();
    if (loaded.ok) {
      this.#library.restore(loaded.value);
      this.#classifierState.restore(loaded.value.classifier);
    } else this.notices.addProblem(loaded.problem);
    this.#place = store.place;
    this.#ready = true;
    const backboneId = this.#parts.addressBackbone ?? this.project.options.backboneId;
    const fittedOn = this.training.classifier?.backbone.id;
    await this.engine.start({ backboneId, standInFirst: fittedOn === BUILT_IN.id });
    await this.arrival.resume();
  }

  /** Removes everything; the interface has asked first. */
  async startOver(): Promise<void> {
    this.arrival.cancel();
    this.training.reset();
    this.upToDate.cancel();
    await this.arrival.settled();
    this.embedding.cancel();
    this.project.forgetUndo();
    const { backboneId } = this.project.options;
    this.#library.reset();
    this.#classifierState.restore(null);
    this.trial.clearTried();
    this.notices.clear();
    const outcome = await this.#queue.run(() => this.#parts.store.clear());
    if (!outcome.ok) this.notices.addProblem(outcome.problem);
    // Of pictures that nobody has any more nothing stays, no embedding either.
    if (!this.#elsewhere) await this.#forgetEmbeddings();
    // A backbone that everybody can get stays loaded; a person's own was part of the work.
    if (findBackbone(backboneId)) this.project.setOptions({ backboneId });
    else await this.engine.chooseBackbone(this.project.options.backboneId);
  }

  async #forgetEmbeddings(): Promise<void> {
    try {
      await this.#parts.engine.keepEmbeddings(packHashes([]));
      this.embedding.restart();
      this.upgrade.embedding.restart();
    } catch (error) {
      this.notices.addProblem(engineProblem(error));
    }
  }

  /**
   * A new version of the app is there; the person decides when to take it.
   *
   * @param apply loads the page anew with it.
   */
  offerUpdate(apply: () => void): void {
    this.#update = apply;
    this.notices.say({ key: 'update-ready' });
  }

  /** A part of the page couldn't be fetched: it is said once. */
  missPart(): void {
    const said = this.notices.list.some(({ message }) => message?.key === 'part-missing');
    if (!said) this.notices.add({ kind: 'warning', message: { key: 'part-missing' } });
  }

  /** Loads the page anew with the new version, once everything done so far is stored. */
  async applyUpdate(): Promise<void> {
    await this.saved();
    this.#update?.();
  }

  /** Takes the project from the other tab. The page must be loaded anew then, to see what is kept. */
  takeOver(): Promise<void> {
    return this.#parts.store.takeOver();
  }

  /** Resolves when everything done so far is stored. */
  saved(): Promise<void> {
    return this.#queue.idle();
  }

  #onBackbone(backbone: BackboneInfo): void {
    // One that only stands in for another isn't what was asked for.
    if (this.engine.standIn === null && backbone.id !== this.project.options.backboneId)
      this.project.setOptions({ backboneId: backbone.id });
    this.#classifierState.useHead();
    this.embedding.refresh();
    this.upToDate.refresh();
  }

  /** An export was dropped: its backbone is loaded, its head used; pictures that are there stay as they are. */
  async #adopt(imported: ImportedClassifier): Promise<void> {
    const sameBackbone = this.engine.backbone?.sha256 === imported.backboneSha256;
    const backbone = sameBackbone
      ? this.engine.backbone
      : await this.engine.useModelFiles(imported.backboneFiles, imported.inputRange);
    if (!backbone) return;
    // It can't be fitted anew on another backbone: there are no pictures of it.
    if (sameBackbone) await this.engine.keepStandIn();
    const picturesKept = this.project.samples.length;
    const adopted = adoptClassifier(imported, backbone, this.project.classes, this.project.options);
    // Beside a person's own pictures, classes without any would only stand in the way of training.
    if (picturesKept === 0) {
      this.#library.classes = adopted.classes;
      this.project.setOptions({ crop: imported.crop });
    }
    await this.#classifierState.keep(adopted.classifier);
    this.notices.say({
      key: 'classifier-imported',
      labels: imported.classes.map(({ label }) => label),
      picturesKept,
    });
  }

  #hear(event: StoreEvent): void {
    this.#place = this.#parts.store.place;
    switch (event.kind) {
      case 'problem':
        this.notices.addProblem(event.problem);
        break;
      case 'settled':
        this.notices.say({ key: 'storage-settled' });
        break;
      case 'open-elsewhere':
      case 'taken-over':
        this.#elsewhere = true;
        this.notices.add({ kind: 'warning', message: { key: event.kind } });
    }
  }
}
