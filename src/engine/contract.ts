import type { BackboneInfo, DownloadProgress, ModelFile } from '../core/backbone.ts';
import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { CheckableFormat, ExportFormat, WeightPrecision } from '../core/export-format.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import type { Crop, InputRange } from '../core/preprocess.ts';
import type { RuntimeName, RuntimeStatus } from '../core/runtime.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { ClassifierSource } from '../formats/contract.ts';

/** Hooks of long work. Reports arrive on the page in order; aborting rejects with `Cancelled`. */
export interface Watch<Report> {
  readonly onReport?: (report: Report) => void;
  readonly signal?: AbortSignal;
}

/** Where a backbone is looked for. */
export type BackboneRequest =
  /**
   * By id: Cache Storage, then `ownOrigin + id + '/'`, then the catalogue's public hostings in
   * order. `keptOnly`: nowhere but in Cache Storage.
   */
  | { readonly kind: 'catalogue'; readonly id: string; readonly keptOnly?: boolean }
  /** A model.json with its weight files, as a person chose them. Null range: find out, or fail with `model-range-unknown`. */
  | {
      readonly kind: 'files';
      readonly files: readonly File[];
      readonly inputRange: InputRange | null;
    };

/** A camera's frame, or a picture already decoded: moved, not copied. */
export type Frame = ImageBitmap | VideoFrame;

/** What looking at a file found. */
export interface Inspection {
  readonly hash: Sha256;
  readonly widthPx: number;
  readonly heightPx: number;
  /** A WebP or JPEG of at most 192 px on its longer side, whole picture. */
  readonly thumbnail: Blob;
  /** A PNG to keep and embed in place of the file, where the worker can't decode it (SVG); else null. */
  readonly converted: Blob | null;
}

export interface EmbedItem {
  /** The caller's own name for it, handed back with its embedding. */
  readonly key: string;
  readonly file: Blob;
}

export type EmbedReport = readonly (
  | { readonly key: string; readonly embedding: Float32Array<ArrayBuffer> }
  | { readonly key: string; readonly problem: Problem }
)[];

/** Embeddings with their classes: what a head is fitted to. */
export interface TrainingSet {
  /** Row-major [count, embeddingLength]. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  readonly embeddingLength: number;
  /** Class index of each row, 0 to classIds.length − 1. */
  readonly classes: Int32Array<ArrayBuffer>;
  readonly classIds: readonly string[];
  /** Rows fitted to. */
  readonly trainingRows: Int32Array<ArrayBuffer>;
  /** Rows that choose the epoch, or the exact solver's penalty; may be empty. */
  readonly validationRows: Int32Array<ArrayBuffer>;
}

export interface HeadFit {
  readonly head: Head;
  readonly history: readonly EpochReport[];
  /** The epoch or iteration whose weights `head` holds, from 1. */
  readonly bestEpoch: number;
  /** Strength of the penalty that it was fitted with. */
  readonly l2: number;
  /** Whether the person stopped it before its end; the best so far is kept. */
  readonly stopped: boolean;
}

/** One picture answered. */
export interface Prediction {
  /** In the head's class order, summing to 1. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** Decode to answer, in milliseconds. */
  readonly millis: number;
}

export type EngineEvent =
  /** Another backend runs than before. */
  | {
      readonly kind: 'backend';
      readonly status: BackendStatus;
      /** Why, where nobody asked for it. */
      readonly problem: Problem | null;
    }
  /** It has been decided, or decided anew, which runtime embeds with a backbone. */
  | { readonly kind: 'runtime'; readonly status: RuntimeStatus };

/**
 * The compute side. The worker implements it, the client stands for it on the
 * page, state tests use a fake. Tensors never cross it; pixels come in only as
 * files or as {@link Frame} handles.
 *
 * What a person can cause comes back as a {@link Result}; only cancellation
 * (`Cancelled`) and defects throw.
 */
export interface Engine {
  /** Probes the machine and brings up a backend. Must be called first; again to change backend. */
  start(request: {
    readonly backend: BackendName | null;
    /** What embeds where the backend is WASM; null or none: whatever is faster here. */
    readonly runtime?: RuntimeName | null;
  }): Promise<Result<BackendStatus>>;

  /**
   * Puts another backbone into use in place of the one before and of any beside it; on failure
   * those stay. With `beside`, it is only loaded: {@link embed} can use it, and
   * {@link useBeside} puts it into use.
   */
  loadBackbone(
    request: BackboneRequest,
    watch?: Watch<DownloadProgress> & { readonly beside?: boolean },
  ): Promise<Result<BackboneInfo>>;

  /** Puts the backbone beside into use, and in the same step the head fitted on it; null for none. */
  useBeside(head: Head | null): Promise<void>;

  /** Lets the backbone beside go, if there is one. */
  dropBeside(): Promise<void>;

  /** The files of the backbone in use as they were fetched, for the export: model.json first. */
  backboneFiles(): Promise<readonly ModelFile[]>;

  /** Looks at one file: is it a picture, how large, which bytes. Runs beside embedding. */
  inspect(file: File): Promise<Result<Inspection>>;

  /**
   * Turns pictures into embeddings, in batches, in any order within a report, with the backbone
   * in use or the one `beside` it. Rejects with `Cancelled` also when that one is replaced meanwhile.
   */
  embed(
    items: readonly EmbedItem[],
    crop: Crop,
    watch?: Watch<EmbedReport> & { readonly beside?: boolean },
  ): Promise<void>;

  /**
   * Fits a head, by `options.solver`. `stop` ends it after the epoch or iteration that is running;
   * aborting throws it away.
   *
   * Step by step: the epoch with the lowest validation loss is kept where early stopping is on and
   * there are validation rows, else the last one. Should the device be lost under it, it starts
   * over, and reports begin at epoch 1 again.
   *
   * Exact: the optimum, at `l2` or at the one of `l2Candidates` that the validation rows choose.
   * Needs no backend.
   */
  trainHead(
    set: TrainingSet,
    options: FitOptions,
    watch?: Watch<EpochReport> & { readonly stop?: AbortSignal },
  ): Promise<Result<HeadFit>>;

  /** Probabilities [count, classes] of many embeddings. */
  predict(head: Head, embeddings: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;

  /** Sets the head that {@link classify} answers with; null for none. */
  useHead(head: Head | null): Promise<void>;

  /** Answers one picture or camera frame with the backbone and head in use. The frame is closed. */
  classify(picture: Blob | Frame, crop: Crop): Promise<Result<Prediction>>;

  /** Encodes a camera frame as a file to keep. The bitmap is closed. */
  encodeFrame(frame: ImageBitmap): Promise<Blob>;

  /** Tells of a lost device and the backend that took over, and of runtimes. Returns the way to stop listening. */
  onEvent(listener: (event: EngineEvent) => void): () => void;

  /** Ends its workers. */
  dispose(): void;
}

/** What a written classifier answers to pictures. */
export interface ExportRun {
  /** The runtime that answered, in words. */
  readonly runtime: string;
  /** Row-major [pictures, classes]. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** The runtime alone, without reading the picture; the first picture doesn't count. */
  readonly millisAPicture: number;
}

/** Which form of a classifier is wanted. */
export interface ExportRequest {
  readonly format: ExportFormat;
  readonly precision: WeightPrecision;
}

/** Writes whole classifiers, and runs what was written in runtimes that others wrote. */
export interface ExportEngine {
  /**
   * Reports how many pictures it calibrated on.
   *
   * @param pictures that int8 is calibrated on, at least one; the others need none.
   * @returns a problem that names the layer where the backbone can't be had in that format.
   */
  write(
    source: ClassifierSource,
    request: ExportRequest,
    pictures: readonly Blob[],
    watch?: Watch<number>,
  ): Promise<Result<readonly ModelFile[]>>;

  /**
   * Loads written files afresh and asks about pictures, prepared as the preview prepares them.
   * Reports how many are done.
   *
   * @throws where the runtime can't be fetched (an error of the name NotFetched) or doesn't load, or
   *   the files don't load in it.
   */
  run(files: readonly ModelFile[], request: RunRequest, watch?: Watch<number>): Promise<ExportRun>;
}

export interface RunRequest {
  readonly format: CheckableFormat;
  readonly crop: Crop;
  /** Of the network's square input. */
  readonly sidePx: number;
  readonly pictures: readonly Blob[];
}
