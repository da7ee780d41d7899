import type { BackboneInfo, DownloadProgress, ModelFile } from '../core/backbone.ts';
import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { EmbeddingSpace } from '../core/embedding.ts';
import type { Evaluation, Answers } from '../core/evaluation.ts';
import type { CheckableFormat, ExportFormat, WeightPrecision } from '../core/export-format.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { TrainingOptions } from '../core/options.ts';
import type { Crop, InputRange } from '../core/preprocess.ts';
import type { RuntimeName, RuntimeStatus } from '../core/runtime.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { PictureBytes, Sha256 } from '../core/dataset.ts';
import type { ExportedClassifier, EmbeddedSample, EmbeddingsSource } from '../formats/contract.ts';

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
  /** Of the file as it came. */
  readonly hash: Sha256;
  /** After EXIF orientation. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of at most 192 px on its longer side, the whole picture; null where the file is small enough to be shown as it is. */
  readonly thumbnail: PictureBytes | null;
  /** What to keep: the file's bytes, or a PNG where only the page can draw it (SVG). */
  readonly content: PictureBytes;
  /** Whether that is no longer the file's bytes. */
  readonly converted: boolean;
}

/** What came of looking at a file. */
export interface Visit {
  readonly inspection: Inspection;
  /** Of its embedding; null where there is none: not asked for, or the space or its backbone has gone meanwhile. */
  readonly row: number | null;
}

export interface EmbedItem {
  readonly hash: Sha256;
  /** The picture that has this hash, or what it was converted to. */
  readonly file: Blob;
}

/**
 * A space of embeddings that the engine holds. Its rows are numbered from 0; they and it are void
 * once the engine gives the space another id, which it does after it had to begin anew, or let the
 * space go with its backbone.
 */
export type SpaceId = string;

/** Where the engine has embeddings. */
export interface RecalledRows {
  readonly id: SpaceId;
  /** Row of each picture that was asked for; −1 where there is none yet. */
  readonly rows: Int32Array<ArrayBuffer>;
}

/** What became of some items, by their index. */
export interface EmbedReport {
  readonly items: Int32Array<ArrayBuffer>;
  /** Row of each; −1 where there is a problem. */
  readonly rows: Int32Array<ArrayBuffer>;
  readonly problems: readonly { readonly item: number; readonly problem: Problem }[];
}

/** Rows of a space with their classes: what a head is fitted to. */
export interface TrainingSet {
  readonly space: SpaceId;
  readonly rows: Int32Array<ArrayBuffer>;
  /** Class index of each row, 0 to classIds.length − 1. */
  readonly classes: Int32Array<ArrayBuffer>;
  readonly classIds: readonly string[];
  /** Of which indices into `rows` are fitted to. */
  readonly trainingRows: Int32Array<ArrayBuffer>;
  /** Which of them choose the epoch, or the exact solver's penalty; may be empty. */
  readonly validationRows: Int32Array<ArrayBuffer>;
}

/** All that a classifier is trained on and judged by. */
export interface TrainRequest {
  readonly set: TrainingSet;
  /** Rows that are only judged, with their classes; may be empty. */
  readonly test: Pick<TrainingSet, 'rows' | 'classes'>;
  readonly options: TrainingOptions;
  /**
   * Whether the exact solver may begin at the head in use, which was fitted to nearly the same. It
   * leads to the same one sooner.
   */
  readonly startAtHeadInUse: boolean;
}

export type TrainStage = 'fitting' | 'judging' | 'refitting';

/** A stage that begins, or an epoch or iteration of the fit that is judged. */
export type TrainReport = { readonly stage: TrainStage } | { readonly epoch: EpochReport };

/** A head's answers to rows that it has not learned from. */
export interface Judgement extends Answers {
  readonly evaluation: Evaluation;
}

export interface Trained {
  /** Fitted to all rows of the set, where nothing else was said or stopped it. */
  readonly head: Head;
  /** Of the fit to the training part. */
  readonly history: readonly EpochReport[];
  /** The epoch or iteration that was best there, from 1. */
  readonly bestEpoch: number;
  /** Of that fit, on the validation part in its order; null where that is empty. */
  readonly validation: Judgement | null;
  /** Of `head`, on the test rows in their order; null where there are none. */
  readonly test: Judgement | null;
}

/** Embeddings to write, with what a notebook wants to know of each. */
export interface EmbeddingsRequest extends Omit<EmbeddingsSource, 'samples'> {
  readonly space: SpaceId;
  readonly rows: Int32Array<ArrayBuffer>;
  /** One for each row. */
  readonly samples: readonly Omit<EmbeddedSample, 'embedding'>[];
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
  | { readonly kind: 'runtime'; readonly status: RuntimeStatus }
  /** What computes died and was started again with all that it had but its spaces: their ids are void. */
  | { readonly kind: 'restarted' }
  /** It died and can't be had again; `start` tries anew, and the backbone has to be loaded then. */
  | { readonly kind: 'stopped'; readonly problem: Problem };

/**
 * The compute side. The worker implements it, the client stands for it on the
 * page, state tests use a fake. Tensors never cross it; pixels come in only as
 * files or as {@link Frame} handles.
 *
 * What a person can cause comes back as a {@link Result}; only cancellation
 * (`Cancelled`), the death of a worker (`WorkerGone`) and defects throw.
 *
 * A worker that dies is started again, and the work that it was at runs again. Only what names a space
 * rejects with `Cancelled` then, since its id is void: whoever wants it asks again, by {@link Engine.recall}.
 * What dies again before anything came of it ends with `WorkerGone`, also where it was asked for again.
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
   * {@link useBeside} puts it into use. Embeddings of a backbone that is gone are let go.
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

  /**
   * Looks at one file: is it a picture, how large, which bytes, what does it look like; and makes its
   * embedding on the way. The file is read once and decoded once.
   * One that its worker dies of, twice, is a problem of the file.
   *
   * @param space where its embedding goes; null for none.
   * @param urgent goes before the files that wait: somebody is recording.
   */
  visit(file: File, space: SpaceId | null, urgent?: boolean): Promise<Result<Visit>>;

  /**
   * Where the embeddings of pictures are that were made before, on an earlier visit too. No backbone
   * needs to be loaded for it.
   *
   * @param hashes packed one after the other.
   */
  recall(space: EmbeddingSpace, hashes: Uint8Array<ArrayBuffer>): Promise<RecalledRows>;

  /**
   * Turns pictures into embeddings and keeps them, in batches, in any order, with the backbone in use
   * or the one beside it, whichever the space is of. Rejects with `Cancelled` also where that is not
   * loaded, or is replaced meanwhile.
   */
  embed(items: readonly EmbedItem[], space: SpaceId, watch?: Watch<EmbedReport>): Promise<void>;

  /**
   * Lets embeddings go, here and on this machine's disk, that are of none of these pictures, and were
   * not when this was called last either: what is just coming in, in another tab too, is needed before
   * it is called again. Rows that are left keep their numbers; one that is gone rejects with `Cancelled`.
   *
   * @param hashes of all pictures that any project needs, packed one after the other.
   * @returns whether rows went that were held here: where embeddings are has to be asked again.
   */
  keepEmbeddings(hashes: Uint8Array<ArrayBuffer>): Promise<boolean>;

  /**
   * Embeddings as files. @throws {Cancelled} where the space is void.
   */
  writeEmbeddings(request: EmbeddingsRequest): Promise<readonly ModelFile[]>;

  /**
   * Trains a classifier, by `options.solver`: fits a head to the training part, judges it by the
   * validation part, fits another to all rows with what the first one chose, and judges that by the
   * test rows. `stop` ends a fit after the epoch or iteration that is running and keeps the best so
   * far; aborting throws everything away. Rejects with `Cancelled` also where the space is void.
   *
   * Step by step: the epoch with the lowest validation loss is kept where early stopping is on and
   * there are validation rows, else the last one. Should the device be lost under it, it starts over, and
   * reports begin at epoch 1 again.
   *
   * Exact: the optimum, at `l2` or at the penalty that the validation rows choose. Needs no backend.
   */
  train(
    request: TrainRequest,
    watch?: Watch<TrainReport> & { readonly stop?: AbortSignal },
  ): Promise<Result<Trained>>;

  /** Sets the head that {@link classify} answers with; null for none. */
  useHead(head: Head | null): Promise<void>;

  /** Answers one picture or camera frame with the backbone and head in use. The frame is closed; one that a worker died with is a problem. */
  classify(picture: Blob | Frame, crop: Crop): Promise<Result<Prediction>>;

  /** Encodes a camera frame as a file to keep. The bitmap is closed. */
  encodeFrame(frame: ImageBitmap): Promise<Blob>;

  /** Tells of what changed by itself: devices lost, workers dead, runtimes chosen. Returns the way to stop listening. */
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
    source: ExportedClassifier,
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
