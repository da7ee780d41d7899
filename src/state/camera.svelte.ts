import type { Problem } from '../core/problem.ts';

export type CameraState = 'off' | 'asking' | 'live' | 'problem';

export interface CameraChoice {
  readonly id: string;
  /** As the system calls it; empty until the camera may be used. */
  readonly name: string;
}

/** A page that is not looked at for so long has no business with the camera. */
const UNSEEN_MILLIS = 3000;

/**
 * The one camera stream, shared by capture and trial.
 *
 * It stops when nobody looks (the tab is hidden, the video scrolled away) and
 * comes back by itself: a light that stays on behind the back is what people
 * fear of a camera.
 */
export class Camera {
  #state = $state<CameraState>('off');
  #problem = $state.raw<Problem | null>(null);
  #cameras = $state.raw<readonly CameraChoice[]>([]);
  #cameraId = $state<string | null>(null);
  #stream = $state.raw<MediaStream | null>(null);
  #suspended = false;
  #unseenTimer: ReturnType<typeof setTimeout> | null = null;
  #request = 0;
  readonly #attention = new Attention(() => this.#look());

  get state(): CameraState {
    return this.#state;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get cameras(): readonly CameraChoice[] {
    return this.#cameras;
  }
  get cameraId(): string | null {
    return this.#cameraId;
  }
  get stream(): MediaStream | null {
    return this.#stream;
  }

  /** @returns the stream; null where there is none, which {@link problem} explains. */
  async start(cameraId: string | null = this.#cameraId): Promise<MediaStream | null> {
    this.stop();
    const request = ++this.#request;
    // Not there in an insecure context, whatever the type says.
    const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
    if (!devices) return this.#fail({ code: 'camera-unsupported' });
    this.#state = 'asking';
    try {
      const stream = await devices.getUserMedia({ video: wanted(cameraId), audio: false });
      if (request !== this.#request) {
        endTracks(stream);
        return null;
      }
      await this.#show(stream, devices);
      return stream;
    } catch (error) {
      return request === this.#request ? this.#fail(cameraProblem(error)) : null;
    }
  }

  stop(): void {
    this.#request += 1;
    this.#suspended = false;
    this.#end();
    this.#state = 'off';
    this.#problem = null;
  }

  /** Shows the stream in a video, as long as that is on the page. Returns the way to stop. */
  attach(video: HTMLVideoElement): () => void {
    const lookAway = this.#attention.watch(video);
    const stopShowing = $effect.root(() => {
      $effect(() => {
        video.srcObject = this.#stream;
      });
    });
    return () => {
      stopShowing();
      video.srcObject = null;
      lookAway();
    };
  }

  #look(): void {
    if (this.#unseenTimer !== null) clearTimeout(this.#unseenTimer);
    this.#unseenTimer = null;
    if (this.#attention.given) {
      if (this.#suspended) void this.start();
    } else if (this.#state === 'live') {
      this.#unseenTimer = setTimeout(() => {
        this.#suspend();
      }, UNSEEN_MILLIS);
    }
  }

  #suspend(): void {
    if (this.#attention.given || this.#state !== 'live') return;
    this.#end();
    this.#state = 'off';
    this.#suspended = true;
  }

  async #show(stream: MediaStream, devices: MediaDevices): Promise<void> {
    const track = stream.getVideoTracks()[0];
    track?.addEventListener('ended', () => {
      if (this.#stream === stream) this.#fail({ code: 'camera-missing' });
    });
    this.#stream = stream;
    this.#cameraId = track?.getSettings().deviceId ?? null;
    this.#problem = null;
    this.#state = 'live';
    // Names are told only once the camera may be used.
    const found = await devices.enumerateDevices();
    this.#cameras = found
      .filter(({ kind }) => kind === 'videoinput')
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  }

  #fail(problem: Problem): null {
    this.#end();
    this.#problem = problem;
    this.#state = 'problem';
    return null;
  }

  #end(): void {
    if (this.#stream) endTracks(this.#stream);
    this.#stream = null;
  }
}

function wanted(cameraId: string | null): MediaTrackConstraints {
  const size = { width: { ideal: 640 }, height: { ideal: 480 } };
  return cameraId === null
    ? { ...size, facingMode: 'environment' }
    : { ...size, deviceId: { exact: cameraId } };
}

function endTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia names these. */
function cameraProblem(error: unknown): Problem {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return { code: 'camera-refused' };
    case 'NotFoundError':
    case 'OverconstrainedError':
      return { code: 'camera-missing' };
    case 'NotReadableError':
    case 'AbortError':
      return { code: 'camera-busy' };
    default:
      return { code: 'unexpected', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Knows whether anybody can see any of some videos: the tab is shown and one of them is on screen. */
class Attention {
  readonly #seen = new Set<Element>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get given(): boolean {
    return !document.hidden && this.#seen.size > 0;
  }

  /** @returns the way to stop. */
  watch(element: Element): () => void {
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting === true) this.#seen.add(element);
      else this.#seen.delete(element);
      this.#onChange();
    });
    observer.observe(element);
    document.addEventListener('visibilitychange', this.#onChange);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', this.#onChange);
      this.#seen.delete(element);
      this.#onChange();
    };
  }
}
