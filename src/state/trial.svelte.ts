import type { Problem } from '../core/problem.ts';
import type { DroppedFile } from '../formats/contract.ts';
import type { Camera, CameraState } from './camera.svelte.ts';

/** The answer to one picture, most probable first. */
export interface Answer {
  readonly classId: string;
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** A picture that was dropped to be classified; `answer` and `problem` are both null while it waits. */
export interface Tried {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
  readonly answer: readonly Answer[] | null;
  readonly problem: Problem | null;
}

/** The classifier at work on the camera and on dropped pictures. */
export class Trial {
  #prediction = $state.raw<readonly Answer[] | null>(null);
  #perSecond = $state(0);
  #millis = $state(0);
  #tried = $state.raw<readonly Tried[]>([]);
  readonly #camera: Camera;

  constructor(camera: Camera) {
    this.#camera = camera;
  }

  get cameraState(): CameraState {
    return this.#camera.state;
  }
  get problem(): Problem | null {
    return this.#camera.problem;
  }
  get cameras(): readonly { readonly id: string; readonly name: string }[] {
    return this.#camera.cameras;
  }
  get cameraId(): string | null {
    return this.#camera.cameraId;
  }
  /** In the head's class order, so that bars keep their place; null while there is no answer. */
  get prediction(): readonly Answer[] | null {
    return this.#prediction;
  }
  /** Frames answered a second. */
  get perSecond(): number {
    return this.#perSecond;
  }
  /** From frame to answer. */
  get millis(): number {
    return this.#millis;
  }
  get tried(): readonly Tried[] {
    return this.#tried;
  }

  startCamera(cameraId?: string): Promise<MediaStream | null> {
    return this.#camera.start(cameraId);
  }
  stopCamera(): void {
    this.#camera.stop();
  }
  /** For `{@attach}`: classifies the video's frames, one in flight, while page and video are visible. */
  watch(_video: HTMLVideoElement): () => void {
    return () => {};
  }
  async tryFiles(_files: readonly DroppedFile[]): Promise<void> {}
  clearTried(): void {
    this.#tried = [];
  }
}
