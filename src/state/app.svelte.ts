import type { ModelFile } from '../core/backbone.ts';
import type { Engine } from '../engine/contract.ts';
import type { Formats } from '../formats/contract.ts';
import type { Store } from '../storage/contract.ts';
import { Arrival } from './arrival.svelte.ts';
import { Camera } from './camera.svelte.ts';
import { Embedding } from './embedding.svelte.ts';
import { EngineState } from './engine-state.svelte.ts';
import { Exporter } from './exporter.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Project } from './project.svelte.ts';
import { Training } from './training.svelte.ts';
import { Trial } from './trial.svelte.ts';

/** What the app is built of; the composition root makes the real ones, tests make fakes. */
export interface AppParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly formats: Formats;
  /** The files of the player that an export carries. */
  readonly playerFiles: () => Promise<readonly ModelFile[]>;
  /** Ids in the site's own `models/index.json`; null where there is none. */
  readonly ownModelIds: () => Promise<ReadonlySet<string> | null>;
}

/** Everything the interface shows and does. */
export class App {
  readonly notices = new Notices();
  readonly engine = new EngineState();
  readonly project = new Project();
  readonly arrival = new Arrival();
  readonly embedding = new Embedding();
  readonly training = new Training();
  readonly camera = new Camera();
  readonly trial = new Trial(this.camera);
  readonly exporter = new Exporter();

  #ready = $state(false);
  #place = $state<'memory' | 'disk'>('disk');

  constructor(_parts: AppParts) {}

  /** The stored project is loaded. */
  get ready(): boolean {
    return this.#ready;
  }
  /** Where work is kept: memory after storage was refused, and then closing the tab loses it. */
  get place(): 'memory' | 'disk' {
    return this.#place;
  }

  /** Loads the stored project, starts the engine, loads the backbone, goes on with pictures that were arriving. */
  async open(): Promise<void> {
    this.#ready = true;
  }
  /** Removes everything; the interface has asked first. */
  async startOver(): Promise<void> {}
}
