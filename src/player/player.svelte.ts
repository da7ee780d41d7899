import type { BackendName } from '../core/backend.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Crop } from '../core/preprocess.ts';
import type { Problem } from '../core/problem.ts';
import { openCamera, stopStream } from './camera.ts';
import type { Loaded, OpenClassifier } from './loaded.ts';

export interface Answer {
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** What is being looked at. */
export type Source =
  | { readonly kind: 'picture'; readonly url: string; readonly name: string }
  | { readonly kind: 'camera'; readonly stream: MediaStream };

/** The page's state: the classifier that belongs to it, what it looks at, and what it answers. */
export class Player {
  #phase = $state<'loading' | 'ready' | 'failed'>('loading');
  #receivedBytes = $state(0);
  #loaded = $state.raw<Loaded | null>(null);
  #backend = $state<BackendName | null>(null);
  #source = $state.raw<Source | null>(null);
  #answers = $state.raw<readonly Answer[] | null>(null);
  #millis = $state(0);
  #problem = $state.raw<Problem | null>(null);
  /** Grows with each new source, so that a late answer to the one before is dropped. */
  #turn = 0;
  readonly #open: OpenClassifier;

  constructor(open: OpenClassifier) {
    this.#open = open;
  }

  get phase(): 'loading' | 'ready' | 'failed' {
    return this.#phase;
  }
  get receivedBytes(): number {
    return this.#receivedBytes;
  }
  get labels(): readonly string[] {
    return this.#loaded?.labels ?? [];
  }
  get crop(): Crop {
    return this.#loaded?.crop ?? 'centre';
  }
  /** How well it did when it was made, by the test pictures where there were any. */
  get evaluation(): Evaluation | null {
    return this.#loaded?.evaluation ?? null;
  }
  get backend(): BackendName | null {
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
    const loaded = await this.#open((bytes) => {
      this.#receivedBytes = bytes;
    });
    if (!loaded.ok) return loaded.problem;
    this.#loaded = loaded.value;
    this.#backend = loaded.value.backend();
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
    const loaded = this.#loaded;
    if (loaded === null) return;
    const answered = await loaded.classify(picture);
    this.#backend = loaded.backend();
    if (turn !== this.#turn) return;
    if (!answered.ok) {
      this.#problem = answered.problem;
      return;
    }
    // A frame that a worker died with says nothing about the next.
    this.#problem = null;
    this.#millis = answered.value.millis;
    this.#answers = loaded.labels.map((label, i) => ({
      label,
      probability: answered.value.probabilities[i] ?? 0,
    }));
  }
}
