/**
 * Everything that can go wrong in front of a person, as a value.
 *
 * A problem names what it concerns (a file, a value, a backbone) and nothing
 * else: its sentence comes from the message catalogue, so that it can be
 * translated and so that hostile names never become markup.
 */
export type Problem =
  // A file that was dropped, picked or pasted
  | { code: 'file-empty'; file: string }
  | { code: 'file-not-an-image'; file: string }
  /** The first bytes say that it is an image, the rest can't be decoded. */
  | { code: 'file-damaged'; file: string }
  | { code: 'file-unreadable'; file: string }
  /** The worker that looked at it died, twice. */
  | { code: 'file-crashes'; file: string }
  | {
      code: 'image-too-large';
      file: string;
      widthPx: number;
      heightPx: number;
      maxMegapixels: number;
    }
  /** Of the pictures inside of an SVG, together. */
  | { code: 'drawing-too-large'; file: string; megapixels: number; maxMegapixels: number }
  | { code: 'duplicate-in-class'; file: string; label: string; other: string }
  | {
      code: 'duplicate-across-classes';
      file: string;
      label: string;
      otherLabel: string;
      other: string;
    }
  // An archive
  | { code: 'zip-damaged'; file: string }
  | { code: 'zip-empty'; file: string }
  | { code: 'zip-encrypted'; file: string; entry: string }
  | { code: 'zip-nested'; file: string; entry: string }
  | { code: 'zip-too-large'; file: string; megabytes: number; maxMegabytes: number }
  | { code: 'zip-too-many-entries'; file: string; entries: number; maxEntries: number }
  /** A project of Teachable Machine that isn't of pictures. */
  | { code: 'project-of-other-kind'; file: string; kind: string }
  /** One without a picture. */
  | { code: 'project-empty'; file: string }
  // A label
  | { code: 'label-empty' }
  | { code: 'label-too-long'; length: number; maxLength: number }
  | { code: 'label-taken'; label: string }
  // The backbone
  | { code: 'backbone-unreachable'; id: string; tried: readonly { url: string; reason: string }[] }
  | { code: 'backbone-interrupted'; id: string; receivedBytes: number; totalBytes: number | null }
  /** A person's own, which only they have. */
  | { code: 'own-backbone-missing'; id: string }
  | { code: 'model-json-invalid'; file: string; reason: string }
  | { code: 'model-weights-missing'; file: string; missing: readonly string[] }
  | { code: 'model-weights-short'; file: string; expectedBytes: number; foundBytes: number }
  | { code: 'model-input-unsupported'; file: string; shape: string }
  | { code: 'model-no-features'; file: string }
  /** Nothing in another format does what this layer does. `reason` in technical words. */
  | { code: 'model-not-translatable'; layer: string; operation: string; reason: string }
  /** Eight bits are calibrated on pictures, and there are none. */
  | { code: 'nothing-to-calibrate' }
  /** A part of the app that comes only when it is needed. */
  | { code: 'part-not-fetched'; part: string }
  /** A model in a format that is written here and not read. */
  | { code: 'model-format-closed'; file: string }
  /** A classifier or a backbone where a picture to be classified was expected. */
  | { code: 'model-not-to-try'; file: string }
  /** The input range can't be known from the file: ask, then load again with it. */
  | { code: 'model-range-unknown'; file: string }
  // Training
  | { code: 'too-few-classes'; classes: number }
  | { code: 'class-empty'; label: string }
  | { code: 'class-too-small'; label: string; images: number; minImages: number }
  | { code: 'loss-not-finite'; epoch: number; learningRate: number }
  | { code: 'option-invalid'; option: string; value: string; min: number; max: number }
  // The engine
  | { code: 'backend-failed'; backend: string; reason: string }
  | { code: 'device-lost'; backend: string; next: string }
  /** A worker died and was started again. */
  | { code: 'engine-crashed'; reason: string }
  /** It died over and over, and isn't started again by itself. */
  | { code: 'engine-keeps-crashing'; reason: string }
  /** Likewise the one that writes and checks an export. */
  | { code: 'export-crashed'; reason: string }
  // Storage
  | { code: 'storage-refused'; reason: string }
  | { code: 'storage-full'; usedMegabytes: number | null }
  /** A project's address that leads nowhere. */
  | { code: 'project-missing' }
  /** Part of what was kept of a project can't be read: so many pictures are left out. */
  | { code: 'project-damaged'; pictures: number }
  /** Something that should be a project file. `reason` in technical words. */
  | { code: 'project-file-invalid'; file: string; reason: string }
  /** The person's own backbone is no part of a project file, and the rest is. `file` is the entry, `reason` in technical words. */
  | { code: 'project-backbone-invalid'; file: string; reason: string }
  /** A file that a person chose to save to. `reason` in the system's words. */
  | { code: 'file-not-written'; reason: string }
  /** Another tab has the project open. */
  | { code: 'project-in-use' }
  // A classifier that is brought back
  | { code: 'classifier-invalid'; file: string; reason: string }
  // The camera
  | { code: 'camera-refused' }
  | { code: 'camera-missing' }
  | { code: 'camera-busy' }
  | { code: 'camera-unsupported' }
  | { code: 'unexpected'; reason: string };

/** Whether it is only said: what it concerns was kept all the same. */
export function isDoubt({ code }: Problem): boolean {
  return code === 'duplicate-across-classes' || code === 'label-too-long';
}

/** The outcome of work that can fail in a way a person should read about. */
export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** @returns a successful {@link Result}. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** @returns a failed {@link Result}. */
export function failed(problem: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem };
}

/** Work was cancelled through its AbortSignal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor() {
    super('cancelled');
  }
}

/** A worker died under the work. */
export class WorkerGone extends Error {
  override readonly name = 'WorkerGone';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** A part of the app that comes only when it is needed didn't come. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched';
  readonly part: string;

  /** @param part as it is called in messages. */
  constructor(part: string, options: ErrorOptions) {
    super(`${part} was not fetched`, options);
    this.part = part;
  }
}

/** A problem that names a file by its name names it by the path it was dropped with instead. */
export function withPath(problem: Problem, path: string): Problem {
  return 'file' in problem ? { ...problem, file: path } : problem;
}
