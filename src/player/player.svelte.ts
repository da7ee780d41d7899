import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Crop } from '../core/preprocess.ts';
import type { Problem } from '../core/problem.ts';
import { createEngine } from '../engine/client.ts';
import type { Engine } from '../engine/contract.ts';
import { openCamera, stopStream } from './camera.ts';
import { fetchClassifier } from './fetch-classifier.ts';

export interface Answer {
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** What is being looked at. */
export type Source =
  | { readonly kind: 'picture'; readonly url: string; readonly name: string }
  | { readonly kind: 'camera'; readonly stream: MediaStream };

const BACKEND_NAMES: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

/** The page's state: the classifier beside it, what it looks at, and what it answers. */
export class Player {
  #phase = $state<'loading' | 'ready' | 'failed'>('loading');
  #receivedBytes = $state(0);
  #labels = $state.raw<readonly string[]>([]);
  #crop = $state<Crop>('centre');
  #evaluation = $state.raw<Evaluation | null>(null);
  #backend = $state.raw<BackendStatus | null>(null);
  #source = $state.raw<Source | null>(null);
  #answers = $state.raw<readonly Answer[] | null>(null);
  #millis = $state(0);
  #problem = $state.raw<Problem | null>(null);
  #engine: Engine | null = null;
  /** Grows with each new source, so that a late answer to the one before is dropped. */
  #turn = 0;
  readonly #folder: URL;

  /** @param folder where the export's files lie. */
  constructor(folder: URL) {
    this.#folder = folder;
  }

  get phase(): 'loading' | 'ready' | 'failed' {
    return this.#phase;
  }
  get receivedBytes(): number {
    return this.#receivedBytes;
  }
  get labels(): readonly string[] {
    return this.#labels;
  }
  get crop(): Crop {
    return this.#crop;
  }
  /** How well it did when it was made, by the test pictures where there were any. */
  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }
  get backend(): BackendStatus | null {
    return this.#backend;
  }
  get source(): Source | null {
    return this.#source;
  }
  /** In the classifier's order. */
  get answers(): readonly Answer[] | null {
    return this.#answers;
  }
  /** From picture to answer. */
  get millis(): number {
    return this.#millis;
  }
  get problem(): Problem | null {
    return this.#problem;
  }

  async open(): Promise<void> {
    this.#phase = 'loading';
    this.#problem = null;
    try {
      const problem = await this.#load();
      this.#problem = problem;
      this.#phase = problem === null ? 'ready' : 'failed';
    } catch (error) {
      this.#problem = {
        code: 'unexpected',
        reason: error instanceof Error ? error.message : String(error),
      };
      this.#phase = 'failed';
    }
  }

  /** @returns what kept it from loading. */
  async #load(): Promise<Problem | null> {
    const fetched = await fetchClassifier(this.#folder, (bytes) => {
      this.#receivedBytes = bytes;
    });
    if (!fetched.ok) return fetched.problem;
    const { head, classes, backboneFiles, inputRange, crop, test, validation } = fetched.value;
    this.#labels = classes.map((one) => one.label);
    this.#crop = crop;
    this.#evaluation = test ?? validation;

    this.#engine ??= createEngine();
    const started = await this.#engine.start({ backend: askedBackend() });
    if (!started.ok) return started.problem;
    this.#backend = started.value;
    this.#engine.onEvent((event) => {
      if (event.kind === 'backend') this.#backend = event.status;
    });
    const loaded = await this.#engine.loadBackbone({
      kind: 'files',
      files: backboneFiles,
      inputRange,
    });
    if (!loaded.ok) return loaded.problem;
    await this.#engine.useHead(head);
    return null;
  }

  async showPicture(file: File): Promise<void> {
    this.#leaveSource();
    const turn = ++this.#turn;
    this.#source = { kind: 'picture', url: URL.createObjectURL(file), name: file.name };
    await this.#classify(file, turn);
  }

  /** Again for another camera. */
  async startCamera(): Promise<void> {
    const current = this.#source?.kind === 'camera' ? this.#source.stream : null;
    this.#leaveSource();
    const turn = ++this.#turn;
    const opened = await openCamera(current);
    if (!opened.ok) {
      this.#problem = opened.problem;
      return;
    }
    if (turn === this.#turn) this.#source = { kind: 'camera', stream: opened.value };
    else stopStream(opened.value);
  }

  stopCamera(): void {
    this.#leaveSource();
    this.#turn++;
  }

  /** Answers one camera frame; the bitmap is closed. */
  async showFrame(frame: ImageBitmap): Promise<void> {
    await this.#classify(frame, this.#turn);
  }

  #leaveSource(): void {
    if (this.#source?.kind === 'camera') stopStream(this.#source.stream);
    if (this.#source?.kind === 'picture') URL.revokeObjectURL(this.#source.url);
    this.#source = null;
    this.#answers = null;
    this.#problem = null;
  }

  async #classify(picture: Blob | ImageBitmap, turn: number): Promise<void> {
    if (this.#engine === null) return;
    const answered = await this.#engine.classify(picture, this.#crop);
    if (turn !== this.#turn) return;
    if (!answered.ok) {
      this.#problem = answered.problem;
      return;
    }
    this.#millis = answered.value.millis;
    this.#answers = this.#labels.map((label, i) => ({
      label,
      probability: answered.value.probabilities[i] ?? 0,
    }));
  }
}

/** `?backend=` as in the app; for comparing, and for machines that choose badly. */
function askedBackend(): BackendName | null {
  const asked = new URLSearchParams(location.search).get('backend');
  return BACKEND_NAMES.find((name) => name === asked) ?? null;
}
