import type { Classifier, PortableClassifier } from '../core/classifier.ts';
import type { Versioned } from '../core/history.ts';
import type { BackboneInfo, ModelFile } from '../core/backbone.ts';
import type { Crop, InputRange } from '../core/preprocess.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { PictureBytes, Sha256 } from '../core/dataset.ts';

/** A file as it was dropped, with the folders it lay in: `train/hat/1.jpg`. Hostile text; never used as a path. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
  /** The class that its archive says it is of, where it is one that does; else the folders tell. Hostile text. */
  readonly label?: string;
  /** It lay in an archive. */
  readonly archived?: boolean;
}

/** A classifier with all that an export of it is made of; its labels are the present ones. */
export interface ExportedClassifier extends PortableClassifier {
  readonly backboneFiles: readonly ModelFile[];
  /** index.html, its script and the WASM binaries, from the built app's `player/` folder. */
  readonly playerFiles: readonly ModelFile[];
}

/** A classifier read back from an export. What its backbone is, is known once its files are loaded. */
export interface ImportedClassifier extends Omit<PortableClassifier, 'backbone'> {
  /** To load with the engine's `{ kind: 'files' }`. */
  readonly backboneFiles: readonly File[];
  /** Null where the export doesn't say. */
  readonly backboneSha256: string | null;
  readonly inputRange: InputRange;
}

/** A picture with its embedding. */
export interface EmbeddedSample {
  /** File name as it was dropped. */
  readonly name: string;
  readonly label: string;
  /** `test`: of a test folder, never learned from. */
  readonly purpose: 'train' | 'test';
  readonly embedding: Float32Array;
}

export interface EmbeddingsSource {
  readonly samples: readonly EmbeddedSample[];
  readonly backbone: BackboneInfo;
  readonly crop: Crop;
}

/** A backbone that the person brought: no place on the network has it to get it from again. */
export interface OwnBackbone {
  readonly id: string;
  /** model.json and its weight files, maybe among others. */
  readonly files: readonly File[];
  readonly inputRange: InputRange;
}

/** A project with all that belongs to it. */
export interface ProjectSource {
  readonly versioned: Versioned;
  readonly classifier: Classifier | null;
  /** The one that the options name; null where that is none of the person's own. */
  readonly backbone: OwnBackbone | null;
  readonly createdAtMillis: number;
  /** One after the other, in this order; null what it hasn't, or what is missing. */
  readonly readContents: (hashes: Iterable<Sha256>) => AsyncIterable<{
    readonly hash: Sha256;
    readonly file: Blob | null;
    readonly thumbnail: Blob | null;
  }>;
}

/** A picture's file as it is kept, and its thumbnail; null where the file is shown in its place. */
export interface PackedContent {
  readonly hash: Sha256;
  readonly file: PictureBytes;
  readonly thumbnail: PictureBytes | null;
}

/** A project file that was opened and checked. */
export interface ProjectFile {
  readonly versioned: Versioned;
  readonly classifier: Classifier | null;
  /** The one that the options name, where the file carries it: its id is that of its bytes. */
  readonly backbone: OwnBackbone | null;
  readonly createdAtMillis: number;
  /** What of it is left out. */
  readonly problems: readonly Problem[];
  readonly contentCount: number;
  /** All that `versioned` needs; one is in memory at a time. */
  readonly contents: () => AsyncIterable<PackedContent>;
}

export interface ProjectWatch {
  readonly signal?: AbortSignal;
  /** Pictures that are done, of how many. */
  readonly onReport?: (done: number, total: number) => void;
}

/** What was found in a drop once its archives are opened. */
export type DropContents =
  | {
      readonly kind: 'pictures';
      readonly files: readonly DroppedFile[];
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'classifier'; readonly classifier: ImportedClassifier }
  /** A project file, to be opened with {@link Formats.openProject}. */
  | { readonly kind: 'project'; readonly file: File }
  /** A backbone: model.json with its weight files. */
  | { readonly kind: 'backbone'; readonly files: readonly File[] };

/** File formats: bytes in, bytes out. */
export interface Formats {
  /** Opens archives and tells what the drop is. Problems of single archives come with the pictures of the rest. */
  readDrop(files: readonly DroppedFile[], signal?: AbortSignal): Promise<Result<DropContents>>;
  /** The files of an export, with folders in their names (`backbone/model.json`). */
  writeClassifier(source: ExportedClassifier): Promise<readonly ModelFile[]>;
  zip(files: readonly ModelFile[]): Promise<Blob>;
  /**
   * Writes a project file. The stream is closed at the end, and aborted where that isn't reached.
   *
   * @returns what of it is left out. @throws Cancelled, or what the stream throws.
   */
  writeProject(
    source: ProjectSource,
    sink: WritableStream<Uint8Array>,
    watch?: ProjectWatch,
  ): Promise<readonly Problem[]>;
  /** @throws Cancelled */
  openProject(file: File, watch?: ProjectWatch): Promise<Result<ProjectFile>>;
}
