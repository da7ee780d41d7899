import { BUILT_IN } from '../core/backbone-catalogue.ts';
import type { BackboneInfo, ModelFile } from '../core/backbone.ts';
import type { Engine, ExportEngine } from '../engine/contract.ts';
import type { Formats } from '../formats/contract.ts';
import type { OpenedProject, ProjectStore } from '../storage/contract.ts';
import { Arrival } from './arrival.svelte.ts';
import { Camera } from './camera.svelte.ts';
import { ClassifierState } from './classifier-state.svelte.ts';
import { EditHistory } from './edit-history.svelte.ts';
import { EngineState } from './engine-state.svelte.ts';
import { Exporter } from './exporter.svelte.ts';
import { importClassifier } from './import-classifier.ts';
import { NeedlessEmbeddings } from './needless-embeddings.ts';
import { Notices } from './notices.svelte.ts';
import { Pipeline } from './pipeline.ts';
import { Project } from './project.svelte.ts';
import { ProjectFiles } from './project-files.svelte.ts';
import type { Address, Settings, Words } from './settings.ts';
import { StorageRoom } from './storage-room.ts';
import { StoreState } from './store-state.svelte.ts';
import { Trial } from './trial.svelte.ts';
import { Versions } from './versions.svelte.ts';
import { WholeExport } from './whole-export.svelte.ts';
import { Workspace } from './workspace.svelte.ts';

/** What the app is built of; the composition root makes the real ones, tests make fakes. */
export interface AppParts {
  readonly engine: Engine;
  readonly exports: ExportEngine;
  readonly store: ProjectStore;
  readonly formats: Formats;
  readonly settings: Settings;
  readonly address: Address;
  readonly words: Words;
  /** Of the page's address: `?backend=`, `?runtime=` and `?backbone=`. */
  readonly addressBackend: string | null;
  readonly addressRuntime: string | null;
  readonly addressBackbone: string | null;
  /** Whether the built-in backbone is used until the one that was asked for is there. */
  readonly mayFallBack: boolean;
  /** Whether what is added stays on this machine's disk while the app runs, so that it needn't be copied. */
  readonly filesStay: boolean;
  /** Loads the page anew. */
  readonly reload: () => void;
  /** The files of the player that an export carries. */
  readonly playerFiles: () => Promise<readonly ModelFile[]>;
  /** Ids in the site's own `models/index.json`; null where there is none. */
  readonly ownModelIds: () => Promise<ReadonlySet<string> | null>;
}

/** Everything the interface shows and does. */
export class App {
  readonly notices: Notices;
  readonly engine: EngineState;
  readonly workspace: Workspace;
  readonly storageRoom: StorageRoom;
  readonly projectFiles: ProjectFiles;
  readonly project: Project;
  readonly history: EditHistory;
  readonly arrival: Arrival;
  readonly embedding: Pipeline['embedding'];
  readonly training: Pipeline['training'];
  readonly upToDate: Pipeline['upToDate'];
  readonly upgrade: Pipeline['upgrade'];
  readonly camera: Camera;
  readonly trial: Trial;
  readonly exporter: Exporter;
  readonly wholeExport: WholeExport;

  #ready = $state(false);
  #update: (() => void) | null = null;
  readonly #parts: AppParts;
  readonly #versions: Versions;
  readonly #classifierState: ClassifierState;
  readonly #storeState: StoreState;
  readonly #pipeline: Pipeline;
  readonly #needless: NeedlessEmbeddings;

  constructor(parts: AppParts) {
    this.#parts = parts;
    const onChange = (): void => {
      this.#pipeline.changed();
    };
    const notices = new Notices();
    const versions = new Versions({ ...parts, onChange });
    const engineState = new EngineState({
      ...parts,
      notices,
      onBackbone: (backbone) => {
        this.#onBackbone(backbone);
      },
      onChange,
    });
    const known = { ...parts, notices, versions, engineState, onChange };
    const classifierState = new ClassifierState(known);
    const shared = { ...known, classifierState };
    const project = new Project(shared);
    const arrival = new Arrival({
      ...shared,
      look: (file, urgent) => this.embedding.look(file, urgent),
      freeLabel: () => project.freeLabel(),
      onClassifier: (classifier) => importClassifier(classifier, shared),
      onProject: (file) => void this.projectFiles.open(file),
      onBackbone: async (files) => {
        const loaded = await engineState.useModelFiles(files, null);
        if (loaded) notices.say({ key: 'backbone-imported', name: loaded.name });
      },
      onSettled: onChange,
    });
    this.#versions = versions;
    this.#classifierState = classifierState;
    this.#storeState = new StoreState(shared);
    this.#pipeline = new Pipeline({ ...shared, project, arrival });
    const needless = new NeedlessEmbeddings({ ...parts, pipeline: this.#pipeline });
    this.#needless = needless;
    this.notices = notices;
    this.engine = engineState;
    this.project = project;
    this.arrival = arrival;
    this.embedding = this.#pipeline.embedding;
    this.training = this.#pipeline.training;
    this.upToDate = this.#pipeline.upToDate;
    this.upgrade = this.#pipeline.upgrade;
    this.history = new EditHistory({
      ...shared,
      arrival,
      onBackboneAsked: (id) => void engineState.chooseBackbone(id),
    });
    const kept = { ...shared, storeState: this.#storeState, needless };
    this.workspace = new Workspace({
      ...kept,
      project,
      leave: () => this.#leave(),
      show: (opened) => {
        this.#show(opened);
      },
    });
    this.storageRoom = new StorageRoom({ ...kept, workspace: this.workspace });
    this.projectFiles = new ProjectFiles({
      ...shared,
      workspace: this.workspace,
      onBackbone: (id) => {
        // The project before was waiting for the same one.
        if (engineState.fallback?.id === id) void engineState.chooseBackbone(id);
      },
    });
    this.camera = new Camera();
    this.trial = new Trial({ ...shared, camera: this.camera });
    this.exporter = new Exporter({ ...shared, project, embedding: this.embedding });
    this.wholeExport = new WholeExport({ ...shared, exporter: this.exporter, project });
  }

  /** The stored project is loaded. */
  get ready(): boolean {
    return this.#ready;
  }
  /** Where work is kept: memory after storage was refused, and then closing the tab loses it. */
  get place(): 'memory' | 'disk' {
    return this.#storeState.place;
  }
  /** Another tab has the project; see {@link takeOver}. */
  get elsewhere(): boolean {
    return this.#storeState.isElsewhere(this.workspace.openId);
  }
  /** Closing the tab now would lose something. */
  get unsaved(): boolean {
    const inMemory = this.place === 'memory' && this.project.samples.length > 0;
    return !this.elsewhere && (this.#parts.store.waiting > 0 || inMemory);
  }

  /** Opens a project, starts the engine, loads the backbone, goes on with pictures that were arriving. */
  async open(): Promise<void> {
    const { address, addressBackbone } = this.#parts;
    this.#storeState.listen();
    const opened = await this.workspace.start();
    address.onMove((id) => void this.workspace.follow(id));
    this.#restore(opened);
    this.#storeState.look();
    this.#ready = true;
    const backboneId = addressBackbone ?? this.project.options.backboneId;
    const fittedOn = this.training.classifier?.backbone.id;
    await this.engine.start({ backboneId, fallbackFirst: fittedOn === BUILT_IN.id });
    await this.arrival.resume(opened.unfinished);
    this.#needless.soon();
  }

  #restore({ summary, versioned, classifier, damage }: OpenedProject): void {
    this.#versions.restore(summary.id, versioned);
    this.#classifierState.restore(classifier);
    if (damage) this.notices.addProblem(damage, 'warning');
  }

  /** Ends what is being done with the open project. */
  async #leave(): Promise<void> {
    this.arrival.cancel();
    this.training.cancel();
    await this.arrival.settled();
    await this.#pipeline.clear();
    this.trial.clearTried();
    this.notices.clear();
  }

  /** Shows another project; the engine goes on with what that one asks for. */
  #show(opened: OpenedProject): void {
    this.#restore(opened);
    const { fallback, loadingId, backbone } = this.engine;
    const asked = fallback?.id ?? loadingId ?? backbone?.id;
    const { backboneId } = this.project.options;
    if (asked !== backboneId && asked !== this.#parts.addressBackbone)
      void this.engine.chooseBackbone(backboneId);
    void this.arrival.resume(opened.unfinished);
  }

  /** Removes everything of the project, as one edit; the interface has asked first. */
  async startOver(): Promise<void> {
    await this.#leave();
    const group = this.project.removeAll();
    this.history.removeClassifier(group);
    this.notices.say({ key: 'all-removed' }, group);
    const { backboneId } = this.project.options;
    if (this.engine.fallback === null && this.engine.backbone?.id !== backboneId)
      await this.engine.chooseBackbone(backboneId);
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

  /** Takes the project from the other tab, and loads the page anew to show what that one kept. */
  async takeOver(): Promise<void> {
    await this.#parts.store.takeOver(this.workspace.openId);
    this.#parts.reload();
  }

  /** Resolves when everything done so far is stored. */
  saved(): Promise<void> {
    return this.#parts.store.settled();
  }

  #onBackbone(backbone: BackboneInfo): void {
    // One that is only a fallback for another isn't what was asked for; nor is the address a choice for the project.
    const isAsked = this.engine.fallback === null && backbone.id !== this.#parts.addressBackbone;
    if (isAsked && backbone.id !== this.project.options.backboneId)
      this.project.setOptions({ backboneId: backbone.id });
    this.#classifierState.useHead();
    this.#pipeline.changed();
  }
}
