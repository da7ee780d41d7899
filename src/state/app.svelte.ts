import { BUILT_IN } from '../core/backbone-catalogue.ts';
import type { BackboneInfo, ModelFile } from '../core/backbone.ts';
import { addingClasses } from '../core/compose-edit.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Engine, ExportEngine } from '../engine/contract.ts';
import type { Formats, ImportedClassifier } from '../formats/contract.ts';
import type { OpenedProject, ProjectStore, StoreEvent } from '../storage/contract.ts';
import { Arrival } from './arrival.svelte.ts';
import { Camera } from './camera.svelte.ts';
import { ClassifierState } from './classifier-state.svelte.ts';
import { EditHistory } from './edit-history.svelte.ts';
import { Embedding } from './embedding.svelte.ts';
import { EngineState } from './engine-state.svelte.ts';
import { Exporter } from './exporter.svelte.ts';
import { adoptClassifier } from './import-classifier.ts';
import { NeedlessEmbeddings } from './needless-embeddings.ts';
import { Notices } from './notices.svelte.ts';
import { Project } from './project.svelte.ts';
import { ProjectFiles } from './project-files.svelte.ts';
import type { Address, Settings } from './settings.ts';
import { Training } from './training.svelte.ts';
import { Trial } from './trial.svelte.ts';
import { Upgrade } from './upgrade.svelte.ts';
import { UpToDate } from './up-to-date.svelte.ts';
import { Versions } from './versions.svelte.ts';
import { WholeExport } from './whole-export.svelte.ts';
import type { Words } from './words.ts';
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
  /** Of the page's address: `?backend=`. */
  readonly addressBackend: string | null;
  /** Of the page's address: `?runtime=`. */
  readonly addressRuntime: string | null;
  /** Of the page's address: `?backbone=`. */
  readonly addressBackbone: string | null;
  /** Whether the built-in backbone is used until the one that was asked for is there. */
  readonly mayStandIn: boolean;
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
  readonly projectFiles: ProjectFiles;
  readonly project: Project;
  readonly history: EditHistory;
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
  /** Projects that other tabs have. */
  #elsewhere = $state.raw<readonly string[]>([]);
  #update: (() => void) | null = null;
  readonly #parts: AppParts;
  readonly #versions: Versions;
  readonly #classifierState: ClassifierState;
  readonly #needless: NeedlessEmbeddings;

  constructor(parts: AppParts) {
    this.#parts = parts;
    const { engine, store, formats } = parts;
    const notices = new Notices();
    const versions = new Versions({
      store,
      onChange: (before) => {
        this.#onChange(before);
      },
    });
    const onBackbone = (backbone: BackboneInfo): void => {
      this.#onBackbone(backbone);
    };
    const onStandIn = (): void => {
      this.upgrade.refresh();
    };
    const engineState = new EngineState({ ...parts, notices, onBackbone, onStandIn });
    const project = new Project({ versions, notices, words: parts.words });
    const backbone = (): BackboneInfo | null => engineState.backbone;
    const embedding = new Embedding({ engine, library: project, backbone, notices });
    const classifierState = new ClassifierState({ engine, versions, notices, engineState });
    const arrival = new Arrival({
      engine,
      look: (file) => embedding.look(file),
      store,
      formats,
      versions,
      notices,
      freeLabel: () => project.freeLabel(),
      onClassifier: (classifier) => this.#adopt(classifier),
      onProject: (file) => void this.projectFiles.open(file),
      onBackbone: async (files) => {
        const loaded = await engineState.useModelFiles(files, null);
        if (loaded) notices.say({ key: 'backbone-imported', name: loaded.name });
      },
    });
    const arrived = (): Promise<void> => arrival.settled();
    const camera = new Camera();
    this.notices = notices;
    this.engine = engineState;
    this.project = project;
    this.arrival = arrival;
    this.embedding = embedding;
    this.history = new EditHistory({
      versions,
      classifierState,
      arrival,
      notices,
      onBackboneAsked: (id) => void engineState.chooseBackbone(id),
    });
    this.workspace = new Workspace({
      ...parts,
      notices,
      renameOpen: (name) => {
        project.rename(name);
      },
      forgetOpen: () => versions.forgetHistory(),
      isElsewhere: (id) => this.#elsewhere.includes(id),
      leave: () => this.#leave(),
      show: (opened) => {
        this.#show(opened);
      },
      onClosed: (id) => {
        this.#elsewhere = this.#elsewhere.filter((one) => one !== id);
      },
      onFreed: () => {
        this.#needless.soon();
      },
    });
    this.projectFiles = new ProjectFiles({ ...parts, notices, workspace: this.workspace });
    const fitting = { engine, library: project, engineState, embedding, classifierState, arrived };
    this.training = new Training({
      ...fitting,
      arriving: () => arrival.running,
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
    this.#versions = versions;
    this.#classifierState = classifierState;
    this.#needless = new NeedlessEmbeddings({
      ...parts,
      busy: () =>
        arrival.running ||
        embedding.running ||
        this.training.phase !== 'idle' ||
        this.upToDate.busy ||
        this.upgrade.embedding.running,
      onGone: () => {
        this.#askAgain();
      },
    });
    engine.onEvent(({ kind }) => {
      if (kind === 'restarted') this.#askAgain();
    });
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
    return this.#elsewhere.includes(this.workspace.openId);
  }
  /** Closing the tab now would lose something. */
  get unsaved(): boolean {
    if (this.elsewhere) return false;
    const inMemory = this.#place === 'memory' && this.project.samples.length > 0;
    return this.#parts.store.waiting > 0 || inMemory;
  }

  /** Opens a project, starts the engine, loads the backbone, goes on with pictures that were arriving. */
  async open(): Promise<void> {
    const { store, address, addressBackbone } = this.#parts;
    store.onEvent((event) => {
      this.#hear(event);
    });
    const opened = await this.workspace.start();
    address.onMove((id) => void this.workspace.follow(id));
    this.#restore(opened);
    this.#place = store.place;
    this.#ready = true;
    const backboneId = addressBackbone ?? this.project.options.backboneId;
    const fittedOn = this.training.classifier?.backbone.id;
    await this.engine.start({ backboneId, standInFirst: fittedOn === BUILT_IN.id });
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
    this.training.reset();
    this.upToDate.cancel();
    await Promise.all([this.arrival.settled(), this.training.settled(), this.upToDate.settled()]);
    this.embedding.cancel();
    this.trial.clearTried();
    this.notices.clear();
  }

  /** Another engine worker is there: where it has what is to be asked again. */
  #askAgain(): void {
    this.embedding.restart();
    this.upgrade.embedding.restart();
    this.upgrade.refresh();
  }

  /** Shows another project; the engine goes on with what that one asks for. */
  #show(opened: OpenedProject): void {
    this.#restore(opened);
    const { standIn, loadingId, backbone } = this.engine;
    const asked = standIn?.id ?? loadingId ?? backbone?.id;
    const { backboneId } = this.project.options;
    if (asked === backboneId || asked === this.#parts.addressBackbone) this.#refresh();
    else void this.engine.chooseBackbone(backboneId);
    void this.arrival.resume(opened.unfinished);
  }

  /** Removes everything of the project, as one edit; the interface has asked first. */
  async startOver(): Promise<void> {
    await this.#leave();
    const group = this.project.removeAll();
    this.history.removeClassifier(group);
    this.notices.say({ key: 'all-removed' }, group);
    const { backboneId } = this.project.options;
    if (this.engine.standIn === null && this.engine.backbone?.id !== backboneId)
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

  #refresh(): void {
    this.embedding.refresh();
    this.upToDate.refresh();
    this.upgrade.refresh();
  }

  /** What is fitted may be another now; a name never is. */
  #onChange(before: Dataset): void {
    const { samples, options, classes } = this.#versions.dataset;
    const sameClasses = classes.length === before.classes.length;
    if (samples !== before.samples || options !== before.options || !sameClasses) this.#refresh();
  }

  #onBackbone(backbone: BackboneInfo): void {
    // One that only stands in for another isn't what was asked for; nor is the address a choice for the project.
    const isAsked = this.engine.standIn === null && backbone.id !== this.#parts.addressBackbone;
    if (isAsked && backbone.id !== this.project.options.backboneId)
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
    const { classes, options, samples } = this.project;
    const picturesKept = samples.length;
    const adopted = adoptClassifier(imported, backbone, classes, options);
    // Beside a person's own pictures, classes without any would only stand in the way of training.
    const fresh = adopted.classes.slice(classes.length);
    if (picturesKept === 0 && (fresh.length > 0 || options.crop !== imported.crop)) {
      this.#versions.edit({
        kind: 'together',
        edits: [
          addingClasses(classes, fresh),
          { kind: 'set-options', options: { ...options, crop: imported.crop } },
        ],
      });
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
      case 'unreadable':
        this.#leaveOut(event.projectId, event.hashes);
        break;
      case 'open-elsewhere':
      case 'taken-over':
        this.#elsewhere = [...this.#elsewhere, event.projectId];
        if (event.projectId === this.workspace.openId || !this.#ready)
          this.notices.add({ kind: 'warning', message: { key: event.kind } });
    }
  }

  /** Pictures whose files went away before they could be kept. */
  #leaveOut(projectId: string, hashes: readonly string[]): void {
    if (projectId !== this.workspace.openId) return;
    const samples = this.#versions.latest.samples.filter(({ hash }) => hashes.includes(hash));
    const [first] = samples;
    if (!first) return;
    // With the drop that they came in.
    const ids = samples.map(({ id }) => id);
    this.#versions.edit({ kind: 'remove-samples', ids }, first.origin.batch);
    const problems = samples.map(
      ({ origin }) => ({ code: 'file-unreadable', file: origin.path }) as const,
    );
    this.notices.add({ kind: 'warning', problems });
  }
}
