/**
 * What crosses between the page, the engine worker and the picture workers.
 * Calls travel by Comlink; long work carries a job number, because a signal
 * can't be cloned: the page sends {@link EngineRemote.cancel} with it instead.
 */
import type { Crop, InputPixels } from '../core/preprocess.ts';
import type { BackboneInfo, DownloadProgress, ModelFile } from '../core/backbone.ts';
import type { BackendName, BackendStatus } from '../core/backend.ts';
import type { EmbeddingSpace } from '../core/embedding.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { FitOptions } from '../core/options.ts';
import type { Result } from '../core/problem.ts';
import type { RuntimeName } from '../core/runtime.ts';
import type {
  BackboneRequest,
  EmbeddingsRequest,
  EmbedItem,
  EmbedReport,
  EngineEvent,
  ExportRun,
  Frame,
  Prediction,
  RecalledRows,
  RunRequest,
  SpaceId,
  Trained,
  TrainingSet,
  TrainReport,
  TrainRequest,
  Visit,
} from './contract.ts';
import type { ExportedClassifier } from '../formats/contract.ts';
import type { WholeOptions } from '../formats/whole/write-whole.ts';
import type { HeadFit } from './head/fit-set.ts';
import type { Looked, SentFile, SentInspection } from './picture/visit.ts';
import type { NetworkPlan } from '../network/wasm/plan.ts';
import type { SimdInput } from '../network/wasm/simd-network.ts';

/** What a worker says once it holds the lock that tells of its end; see hold-lock.ts. */
export const HOLDS_LOCK = 'holds-lock';

export type JobId = number;

/** Which of two loaded backbones. */
export type BackbonePlace = 'in-use' | 'beside';

/** A callback on the other side: awaited, so that reports arrive in order and can't pile up. */
export type Reporter<Report> = (report: Report) => void | Promise<void>;

/** Tensors that exist, for tests: every operation leaves them as they were. */
export interface EngineMemory {
  readonly numTensors: number;
  readonly numBytes: number;
}

export interface SentVisit extends Omit<Visit, 'inspection'> {
  readonly inspection: SentInspection;
}

/** What changes hands of an inspection, instead of being copied. */
export function buffersOf({ thumbnail, content }: SentInspection): ArrayBuffer[] {
  return [content, thumbnail].flatMap((each) => (each === null ? [] : [each.bytes.buffer]));
}

/** What the page asks of the engine worker. */
export interface EngineRemote {
  /**
   * @param workers ports to the picture workers; null for one that is dead.
   * @param baseUrl of the page, under which `models/` lies.
   * @param simd whether the SIMD runtime may embed in place of TF.js.
   * @param shelf the name of the database that keeps embeddings; null where none does.
   */
  connect(
    workers: readonly (MessagePort | null)[],
    baseUrl: string,
    simd: boolean,
    shelf: string | null,
    report: Reporter<EngineEvent>,
  ): void;
  /** One of the picture workers has died, or another has come in its place. */
  setPictureWorker(index: number, port: MessagePort | null): Promise<void>;
  start(backend: BackendName | null, runtime: RuntimeName | null): Promise<Result<BackendStatus>>;
  loadBackbone(
    job: JobId,
    request: BackboneRequest,
    place: BackbonePlace,
    report: Reporter<DownloadProgress>,
  ): Promise<Result<BackboneInfo>>;
  useBeside(head: Head | null): Promise<void>;
  dropBeside(): Promise<void>;
  backboneFiles(): Promise<readonly ModelFile[]>;
  recall(space: EmbeddingSpace, hashes: Uint8Array<ArrayBuffer>): Promise<RecalledRows>;
  /** @param space null: no embedding. @returns `svg` where only the page can draw it. */
  visit(file: SentFile, space: SpaceId | null, urgent: boolean): Promise<Result<SentVisit> | 'svg'>;
  /** Goes on with an SVG that the page has drawn. The bitmap is closed. */
  visitRendered(
    file: File,
    picture: ImageBitmap,
    space: SpaceId | null,
  ): Promise<Result<SentVisit>>;
  embed(
    job: JobId,
    items: readonly EmbedItem[],
    space: SpaceId,
    report: Reporter<EmbedReport>,
  ): Promise<void>;
  keepEmbeddings(hashes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  writeEmbeddings(request: EmbeddingsRequest): Promise<readonly ModelFile[]>;
  train(job: JobId, request: TrainRequest, report: Reporter<TrainReport>): Promise<Result<Trained>>;
  /** One fit by itself, for tests and measurements. */
  fit(
    job: JobId,
    set: TrainingSet,
    options: FitOptions,
    report: Reporter<EpochReport>,
  ): Promise<Result<HeadFit>>;
  /** Probabilities [rows, classes], for tests and measurements. */
  predict(
    head: Head,
    space: SpaceId,
    rows: Int32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>>;
  /** Puts embeddings in, row-major, as if they had been made here. For tests and measurements. */
  putRows(
    space: EmbeddingSpace,
    hashes: Uint8Array<ArrayBuffer>,
    values: Float32Array<ArrayBuffer>,
  ): RecalledRows;
  /** Row-major, for tests and measurements: the app has no use for them. */
  readRows(space: SpaceId, rows: Int32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  useHead(head: Head | null): void;
  classify(picture: Blob | Frame, crop: Crop): Promise<Result<Prediction>>;
  /** The job's promise rejects with `Cancelled`. */
  cancel(job: JobId): void;
  /** Ends a training job early; it keeps what it has. */
  stop(job: JobId): void;
  memory(): EngineMemory;
  /** Loses the GPU device through its own API, as a driver's reset would. For tests. */
  loseDevice(): void;
}

/** Which of the networks that picture workers hold. */
export type NetworkId = number;

/** A picture on its way: as far as a picture worker could take it. */
export type Prepared =
  | { readonly embedding: Float32Array<ArrayBuffer> }
  /** @property failure why it isn't an embedding, though a network was asked for; else null. */
  | { readonly input: InputPixels; readonly failure: string | null };

/** What a picture is prepared for. */
export interface PrepareAim {
  readonly crop: Crop;
  readonly sidePx: number;
  /** To embed with, where one is held; null: the input is wanted. */
  readonly network: NetworkId | null;
}

/** What the page asks of a picture worker, and, over a port of its own, the engine worker. */
export interface PictureRemote {
  /**
   * Gives the engine worker's end of a channel a way in.
   *
   * @param fresh whether that engine worker has just started: what another had loaded here goes.
   */
  connect(port: MessagePort, fresh: boolean): void;
  /** Holds a network. @throws where the SIMD runtime doesn't run, or memory is short. */
  loadNetwork(id: NetworkId, plan: NetworkPlan): void;
  dropNetwork(id: NetworkId): void;
  /** @returns the network's output. @throws where it is no longer held. */
  run(id: NetworkId, input: SimdInput): Float32Array<ArrayBuffer>;
  /**
   * The picture as a backbone's input, or as its embedding by a network held here. A frame is closed.
   *
   * @param name of the file, for a problem.
   */
  prepare(
    picture: Blob | Frame,
    name: string,
    crop: Crop,
    sidePx: number,
    network: NetworkId | null,
  ): Promise<Result<Prepared>>;
  /**
   * Looks at a file, and prepares it as {@link prepare} does.
   *
   * @param aim null: nothing is to be prepared.
   * @returns `svg` where only the page can draw it; it does, and calls {@link visitRendered}.
   */
  visit(file: SentFile, aim: PrepareAim | null): Promise<Result<Looked<Prepared>> | 'svg'>;
  /** The bitmap is closed. */
  visitRendered(
    file: File,
    picture: ImageBitmap,
    aim: PrepareAim | null,
  ): Promise<Result<Looked<Prepared>>>;
  /** The bitmap is closed. */
  encodeFrame(frame: ImageBitmap): Promise<Blob>;
}

/** What the page asks of a worker that writes exports. */
export interface ExportRemote {
  write(
    source: ExportedClassifier,
    options: WholeOptions,
    pictures: readonly Blob[],
    report: Reporter<number>,
  ): Promise<Result<readonly ModelFile[]>>;
  /** @param template of the page that is one file. */
  writePage(source: ExportedClassifier, template: string): Result<readonly ModelFile[]>;
  run(
    files: readonly ModelFile[],
    request: RunRequest,
    report: Reporter<number>,
  ): Promise<ExportRun>;
}
