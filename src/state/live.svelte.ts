import { at } from '../core/at.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { Result } from '../core/problem.ts';
import type { Engine, Frame, Prediction } from '../engine/contract.ts';
import type { Camera } from './camera.svelte.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { engineProblem } from './failure.ts';
import { grabLiveFrame } from './camera-frame.ts';
import type { Notices } from './notices.svelte.ts';

/** How probable one class is. */
export interface Answer {
  readonly classId: string;
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** In the head's class order. */
export function answersOf(
  probabilities: Float32Array,
  classes: readonly ClassLabel[],
): readonly Answer[] {
  return classes.map(({ id, label }, index) => ({
    classId: id,
    label,
    probability: at(probabilities, index),
  }));
}

/** Asks the classifier in use about a picture. Null where there is none that could answer. */
export async function ask(
  engine: Pick<Engine, 'classify'>,
  { saved, usable }: Pick<ClassifierState, 'saved' | 'usable'>,
  picture: Blob | Frame,
): Promise<Result<Prediction> | null> {
  if (saved && usable) return engine.classify(picture, saved.crop);
  if (!(picture instanceof Blob)) picture.close();
  return null;
}

export interface LiveParts {
  readonly engine: Pick<Engine, 'classify'>;
  readonly camera: Camera;
  readonly classifierState: ClassifierState;
  readonly notices: Notices;
}

/** The rate is of the answers within this time. */
const RATE_WINDOW_MILLIS = 1000;
/** How long to wait for a frame before looking whether there is still anything to do. */
const FRAME_PATIENCE_MILLIS = 500;

/** The classifier's answer to what the camera shows, over and over. */
export class Live {
  #probabilities = $state.raw<Float32Array<ArrayBuffer> | null>(null);
  #perSecond = $state(0);
  #millis = $state(0);
  #prediction: readonly Answer[] | null = $derived.by(() => this.#answers());
  readonly #parts: LiveParts;
  #answeredAt: number[] = [];

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  get prediction(): readonly Answer[] | null {
    return this.#prediction;
  }
  get perSecond(): number {
    return this.#perSecond;
  }
  /** From the frame to its answer. */
  get millis(): number {
    return this.#millis;
  }

  watch(video: HTMLVideoElement): () => void {
    const detach = this.#parts.camera.attach(video);
    const ended = new AbortController();
    void this.#answerFrames(video, ended.signal);
    return () => {
      ended.abort();
      detach();
      this.forget();
    };
  }

  /** There is no frame any more that the last answer would be about. */
  forget(): void {
    this.#probabilities = null;
    this.#answeredAt = [];
    this.#perSecond = 0;
  }

  #answers(): readonly Answer[] | null {
    const { classes } = this.#parts.classifierState;
    // A classifier of other classes may have come since.
    if (this.#probabilities?.length !== classes.length) return null;
    return answersOf(this.#probabilities, classes);
  }

  async #answerFrames(video: HTMLVideoElement, ended: AbortSignal): Promise<void> {
    const isEnded = (): boolean => ended.aborted;
    let coming = nextFrame(video);
    while (!isEnded()) {
      const shows = await coming;
      // One that comes while this one is answered needn't be waited for afterwards; of several the last is taken.
      coming = nextFrame(video);
      const { camera } = this.#parts;
      if (isEnded() || document.hidden) continue;
      const grabbedAt = performance.now();
      const frame = shows && camera.state === 'live' ? await grabLiveFrame(video) : null;
      if (frame === null) {
        if (this.#probabilities) this.forget();
        continue;
      }
      try {
        await this.#answerFrame(frame, grabbedAt, ended);
      } catch (error) {
        // Saying it once is enough; frame after frame would be a flood.
        this.#parts.notices.addProblem(engineProblem(error));
        return;
      }
    }
  }

  async #answerFrame(frame: Frame, grabbedAt: number, ended: AbortSignal): Promise<void> {
    const outcome = await ask(this.#parts.engine, this.#parts.classifierState, frame);
    if (ended.aborted) return;
    if (!outcome?.ok) {
      this.forget();
      return;
    }
    const now = performance.now();
    this.#answeredAt = [...this.#answeredAt.filter((at) => at > now - RATE_WINDOW_MILLIS), now];
    this.#perSecond = this.#answeredAt.length;
    this.#millis = now - grabbedAt;
    this.#probabilities = outcome.value.probabilities;
  }
}

/** Waits for the video's next frame a little. @returns whether it came: a hidden or ended video has none. */
function nextFrame(video: HTMLVideoElement): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      video.cancelVideoFrameCallback(callback);
      resolve(false);
    }, FRAME_PATIENCE_MILLIS);
    const callback = video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
