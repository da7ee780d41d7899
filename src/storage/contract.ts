import type { Evaluation, Judged } from '../core/evaluation.ts';
import type { EpochReport, Head } from '../core/head.ts';
import type { BackboneInfo } from '../core/backbone.ts';
import type { ProjectOptions } from '../core/options.ts';
import type { Crop, InputRange } from '../core/preprocess.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { ClassLabel, Sample } from '../core/dataset.ts';

/** A fitted head with all that is known of it. */
export interface SavedClassifier {
  readonly head: Head;
  /** The classes as they stood when it was fitted, in the head's order (labels follow renames by id). */
  readonly classes: readonly ClassLabel[];
  readonly backbone: BackboneInfo;
  readonly crop: Crop;
  readonly history: readonly EpochReport[];
  readonly bestEpoch: number;
  /** On what it was judged; null where nothing was kept aside. */
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly judged: readonly Judged[];
  readonly options: ProjectOptions;
  /** Of the pictures and options it was fitted to, to know when they are others; null where that is unknown (imported). */
  readonly fingerprint: string | null;
  readonly fittedAtMillis: number;
}

export interface SavedProject {
  readonly name: string;
  readonly classes: readonly ClassLabel[];
  readonly options: ProjectOptions | null;
  readonly samples: readonly Sample[];
  readonly classifier: SavedClassifier | null;
}

/** A backbone that a person chose from files: no place on the network has it to get it from again. */
export interface SavedBackbone {
  readonly id: string;
  /** model.json and its weight files, as they were chosen. */
  readonly files: readonly File[];
  readonly inputRange: InputRange;
}

/**
 * Keeps everything on this machine. Each call is one transaction: after it
 * resolves with `ok`, a killed tab loses nothing of it. A refused or full
 * store comes back as a problem, and the caller goes on in memory.
 */
export interface Store {
  /** All but pictures, which come on demand. */
  load(): Promise<Result<SavedProject>>;
  saveProject(project: Pick<SavedProject, 'name' | 'classes' | 'options'>): Promise<Result<void>>;

  /** Classes (whole list), samples and their files, together (with thumbnails where a removal is undone). */
  addSamples(
    classes: readonly ClassLabel[],
    samples: readonly { readonly sample: Sample; readonly file: Blob; readonly thumbnail?: Blob }[],
  ): Promise<Result<void>>;
  /** Replaces samples by id; thumbnails and, where a picture was converted, its file with them. */
  updateSamples(
    updates: readonly {
      readonly sample: Sample;
      readonly thumbnail?: Blob;
      readonly file?: Blob;
    }[],
  ): Promise<Result<void>>;
  /** With their files and thumbnails. */
  removeSamples(ids: readonly string[]): Promise<Result<void>>;

  readFile(sampleId: string): Promise<Blob | null>;
  readThumbnail(sampleId: string): Promise<Blob | null>;

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>>;
  readBackbone(id: string): Promise<SavedBackbone | null>;

  saveClassifier(classifier: SavedClassifier | null): Promise<Result<void>>;

  /** Removes everything. */
  clear(): Promise<Result<void>>;

  /** Asks the browser not to evict; true where granted. */
  persist(): Promise<boolean>;
}

/** What a project store has to tell at any moment. */
export type StoreEvent =
  /** The disk refused something: from here on what it refuses is kept in memory. Said once. */
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Everything that was only in memory is on disk again. */
  | { readonly kind: 'settled' }
  /** Another tab has the project: here it can be read, and what is done here stays in memory. */
  | { readonly kind: 'open-elsewhere' }
  /** Another tab took the project over. */
  | { readonly kind: 'taken-over' };

/**
 * The store that the app works with: it never refuses. What the disk refuses
 * it keeps in memory and says so.
 */
export interface ProjectStore extends Store {
  /** `memory` while something lives only there. */
  readonly place: 'disk' | 'memory';
  /** Tells what has happened so far, and then as it happens. Returns the way to stop listening. */
  onEvent(listener: (event: StoreEvent) => void): () => void;
  /** Takes the project from the other tab. Afterwards the page must be loaded anew. */
  takeOver(): Promise<void>;
}
