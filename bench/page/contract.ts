/** What the benchmark calls on its pages, as `window.bench`. */
import type { BackendName } from '../../src/core/backend.ts';
import type { ExportRequest } from '../../src/engine/contract.ts';

export interface Work {
  /** How many pictures or samples were worked through. */
  readonly count: number;
  readonly seconds: number;
}

export interface Fit {
  /** For the whole recipe: where only some of its epochs were run, extrapolated from them. */
  readonly seconds: number;
  /** Share of the held-out rows answered rightly; null where the fit wasn't complete. */
  readonly accuracy: number | null;
}

/** An export. */
export interface Written {
  readonly seconds: number;
  readonly bytes: number;
}

/** What every contestant's page does. */
export interface ContestantPage {
  /** Loads the backbone. @returns the backend that computes, in words. */
  start(backboneId: string, backend: BackendName | null): Promise<string>;
  /** The first `count` chosen files, from file to embedding in memory. */
  embed(count: number): Promise<Work>;
}

/** A page that fits heads by a recipe of epochs. */
export interface EpochsPage extends ContestantPage {
  /** @param epochs of its recipe's that are really run. */
  fit(task: string, epochs: number): Promise<Fit>;
}

/** How a file is decoded: as Headstart does, or in full by `createImageBitmap`. */
export type DecodeWay = 'headstart' | 'full';

/** Where a lone decoder stops: at a decoded picture, or at the backbone's input. */
export type DecodeEnd = 'picture' | 'input';

export interface EnginePage extends ContestantPage {
  /** The backbone alone on ready pixels, in the runtime that embeds; on TF.js with upload and read-back. */
  embedReady(count: number): Promise<Work>;
  /** Another engine, from nothing to its first answer, with the backbone's weights in the browser. */
  firstPrediction(): Promise<Work>;
  /** Only the upload of ready pixels; null where nothing is uploaded. */
  upload(count: number): Promise<Work> | null;
  /** Only the writing of embeddings into the store. */
  store(count: number): Promise<Work>;
  /** The chosen files by `workers` workers, each one file at a time. */
  decode(way: DecodeWay, end: DecodeEnd, workers: number, count: number): Promise<Work>;
  /** Of so many files: the cosine of its embedding to that of its full decode. */
  decodeCosines(count: number): Promise<readonly number[]>;
  /** How many picture workers the engine has on this machine. */
  pictureWorkers(): number;
  /** @param l2 null: chosen by the validation part. */
  fit(task: string, l2: number | null): Promise<Fit>;
  /** Fits anew, all of it, after one sample more. */
  update(task: string): Promise<Fit>;
  /**
   * A classifier of six classes to its files.
   *
   * @param calibrating chosen files that int8 is calibrated on.
   * @param template of an export that is a page.
   */
  write(request: ExportRequest, calibrating: number, template: string): Promise<Written>;
  /** Embeddings of the chosen files, row-major, base64 of little-endian float32. */
  embeddings(): Promise<{ readonly length: number; readonly base64: string }>;
}

/** Embeddings with their classes, as `tasks/<name>.json` and `tasks/<name>.f32` hold them. */
export interface HeadTask {
  readonly words: string;
  readonly embeddingLength: number;
  readonly classCount: number;
  /** Class of each row, the training rows first. */
  readonly classes: readonly number[];
  readonly trainingCount: number;
}
