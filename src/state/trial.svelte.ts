import { withPath, type Problem } from '../core/problem.ts';
import type { DroppedFile, Formats } from '../formats/contract.ts';
import type { CameraChoice, CameraState } from './camera.svelte.ts';
import { engineProblem } from './failure.ts';
import { answersOf, ask, Live, type Answer, type LiveParts } from './live.svelte.ts';

export type { Answer } from './live.svelte.ts';

/** A picture that was dropped to be classified; `answer` and `problem` are both null while it waits. */
export interface Tried {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
  /** Most probable first. */
  readonly answer: readonly Answer[] | null;
  readonly problem: Problem | null;
}

export interface TrialParts extends LiveParts {
  readonly formats: Pick<Formats, 'readDrop'>;
}

/** Dropped pictures that are remembered; older ones make room. */
const MAX_TRIED = 100;

/** The classifier at work on the camera and on dropped pictures. */
export class Trial {
  #tried = $state.raw<readonly Tried[]>([]);
  readonly #parts: TrialParts;
  readonly #live: Live;
  #nextId = 1;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#live = new Live(parts);
  }

  get cameraState(): CameraState {
    return this.#parts.camera.state;
  }
  /** Of the camera. */
  get problem(): Problem | null {
    return this.#parts.camera.problem;
  }
  get cameras(): readonly CameraChoice[] {
    return this.#parts.camera.cameras;
  }
  get cameraId(): string | null {
    return this.#parts.camera.cameraId;
  }
  /** In the head's class order, so that bars keep their place; null while there is no answer. */
  get prediction(): readonly Answer[] | null {
    return this.#live.prediction;
  }
  /** Frames answered a second. */
  get perSecond(): number {
    return this.#live.perSecond;
  }
  /** From frame to answer. */
  get millis(): number {
    return this.#live.millis;
  }
  get tried(): readonly Tried[] {
    return this.#tried;
  }

  startCamera(cameraId?: string): Promise<MediaStream | null> {
    return this.#parts.camera.start(cameraId);
  }

  stopCamera(): void {
    this.#parts.camera.stop();
    this.#live.forget();
  }

  /** For `{@attach}`: shows the camera in the video and answers its frames, one in flight. */
  readonly watch = (video: HTMLVideoElement): (() => void) => this.#live.watch(video);

  /** Answers dropped or pasted pictures one after another. */
  async tryFiles(files: readonly DroppedFile[]): Promise<void> {
    const { formats, notices } = this.#parts;
    const read = await formats.readDrop(files);
    if (!read.ok) {
      notices.addProblem(read.problem);
      return;
    }
    if (read.value.kind !== 'pictures') {
      notices.addProblem({ code: 'model-not-to-try', file: files[0]?.path ?? '' }, 'warning');
      return;
    }
    const { files: pictures, problems } = read.value;
    const total = pictures.length + problems.length;
    if (problems.length > 0) notices.add({ kind: 'warning', problems, total });
    const left = pictures.length - MAX_TRIED;
    if (left > 0) notices.say({ key: 'trial-full', count: left, tried: MAX_TRIED });
    const waiting = pictures.slice(0, MAX_TRIED).map(({ file }) => this.#waiting(file));
    this.#tried = [...waiting.toReversed(), ...this.#tried].slice(0, MAX_TRIED);
    for (const tried of waiting) await this.#answer(tried);
  }

  clearTried(): void {
    this.#tried = [];
  }

  #waiting(file: File): Tried {
    return { id: this.#nextId++, name: file.name, file, answer: null, problem: null };
  }

  async #answer(tried: Tried): Promise<void> {
    const settled = { ...tried, ...(await this.#findAnswer(tried)) };
    this.#tried = this.#tried.map((one) => (one.id === tried.id ? settled : one));
  }

  async #findAnswer({ file, name }: Tried): Promise<Partial<Tried>> {
    const { engine, classifierState } = this.#parts;
    try {
      const outcome = await ask(engine, classifierState, file);
      if (!outcome) return {};
      if (!outcome.ok) return { problem: withPath(outcome.problem, name) };
      const answers = answersOf(outcome.value.probabilities, classifierState.classes);
      return { answer: answers.toSorted((a, b) => b.probability - a.probability) };
    } catch (error) {
      return { problem: engineProblem(error) };
    }
  }
}
