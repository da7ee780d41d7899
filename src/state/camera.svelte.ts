import type { Problem } from '../core/problem.ts';

export type CameraState = 'off' | 'asking' | 'live' | 'problem';

/** The one camera stream, shared by capture and trial. */
export class Camera {
  #state = $state<CameraState>('off');
  #problem = $state.raw<Problem | null>(null);
  #cameras = $state.raw<readonly { readonly id: string; readonly name: string }[]>([]);
  #cameraId = $state<string | null>(null);
  #stream = $state.raw<MediaStream | null>(null);

  get state(): CameraState {
    return this.#state;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get cameras(): readonly { readonly id: string; readonly name: string }[] {
    return this.#cameras;
  }
  get cameraId(): string | null {
    return this.#cameraId;
  }
  get stream(): MediaStream | null {
    return this.#stream;
  }

  async start(_cameraId?: string): Promise<MediaStream | null> {
    return null;
  }
  stop(): void {}
}
