import type { Classifier } from '../core/classifier.ts';
import type { Dataset, PictureBytes, Purpose } from '../core/dataset.ts';
import type { Step, Versioned } from '../core/history.ts';
import type { InputRange } from '../core/preprocess.ts';
import type { Problem, Result } from '../core/problem.ts';
import type { Sha256 } from '../core/dataset.ts';

/** What is kept of a picture's content. Projects share it: the same content is there once. */
export interface Content {
  readonly hash: Sha256;
  /** As it came, or converted (SVG to PNG). */
  readonly file: Blob | PictureBytes;
  /** Null where the file is shown in its place. */
  readonly thumbnail: Blob | PictureBytes | null;
}

/** A content as it is found again; null what it hasn't, or what is missing of it. */
export interface FoundContent {
  readonly hash: Sha256;
  readonly file: Blob | null;
  readonly thumbnail: Blob | null;
}

/** What the list of projects shows. */
export interface ProjectSummary {
  readonly id: string;
  /** Empty until it is named. Hostile text. */
  readonly name: string;
  readonly createdAtMillis: number;
  readonly changedAtMillis: number;
  readonly pictures: number;
  readonly classes: number;
  /** Of its classifier, 0 to 1; null where there is none or nothing judged it. */
  readonly accuracy: number | null;
  /** Of its pictures' files, also of those that only an undo would bring back. */
  readonly bytes: number;
  /** At most {@link MOST_MOSAIC} pictures, taken from all classes in turn. */
  readonly mosaic: readonly Sha256[];
  /** When it was deleted, in milliseconds since 1970; null while it wasn't. Deleted projects can come back until they are purged. */
  readonly deletedAtMillis: number | null;
}

/** Pictures in a project's mosaic. */
export const MOST_MOSAIC = 9;

/** A picture that an earlier version kept before it was looked at: to be taken in again. */
export interface UnfinishedPicture {
  readonly id: string;
  readonly file: Blob;
  /** Hostile text. */
  readonly name: string;
  /** Null where its class is gone. */
  readonly classId: string | null;
  readonly purpose: Purpose;
}

export interface OpenedProject {
  readonly summary: ProjectSummary;
  readonly versioned: Versioned;
  readonly classifier: Classifier | null;
  /** Those that a {@link Change} hasn't finished yet. */
  readonly unfinished: readonly UnfinishedPicture[];
  /** Says what is missing; null where all is there. What could be read is in `versioned`. */
  readonly damage: Problem | null;
}

export interface NewProject {
  /** Made by the app: random hexadecimal digits. */
  readonly id: string;
  readonly versioned: Versioned;
  readonly classifier: Classifier | null;
  readonly createdAtMillis: number;
  /** Not null where it is filled after this (an import) and must not stay when that doesn't end: see {@link Disk.setDeleted}. */
  readonly deletedAtMillis: number | null;
}

/** What was done with the dataset. */
export type StepTaken =
  | { readonly kind: 'edit'; readonly step: Step }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  /** The history was let go: it is empty afterwards, and no content is kept that only an undo would bring back. */
  | { readonly kind: 'forget' };

/** One change of one project: written whole or not at all. */
export interface Change {
  readonly projectId: string;
  /** The dataset and its history after the change. */
  readonly after: Versioned;
  /** Null where the dataset stayed as it was: a classifier, or contents that are there for it. */
  readonly step: StepTaken | null;
  /** What the dataset or its history needs and what may not be there yet. */
  readonly contents: readonly Content[];
  /** Where it is another, or none any more. */
  readonly classifier?: Classifier | null;
  /** Ids of {@link UnfinishedPicture} that were taken in, or can't be. */
  readonly finished?: readonly string[];
  /** When it was made, in milliseconds since 1970. */
  readonly atMillis: number;
}

/** A backbone that a person chose from files: no place on the network has it to get it from again. */
export interface SavedBackbone {
  readonly id: string;
  /** model.json and its weight files, as they were chosen. */
  readonly files: readonly File[];
  readonly inputRange: InputRange;
}

/** Contents that could go. */
export interface Removable {
  readonly pictures: number;
  /** Of their files: those that no other project needs. */
  readonly bytes: number;
}

/** What there is to read, on a disk and in the store that writes to it. */
export interface Reads {
  /** Every project, deleted ones too; the one that was changed last comes first. */
  projects(): Promise<Result<readonly ProjectSummary[]>>;
  /** A picture's file. Null where there is none, or it can't be read. */
  readFile(hash: Sha256): Promise<Blob | null>;
  readThumbnail(hash: Sha256): Promise<Blob | null>;
  /** The contents that any project needs: for what it has, and for what undo and redo bring. */
  neededHashes(): Promise<Result<ReadonlySet<Sha256>>>;
  /** What is kept for a project beyond what its dataset needs: for its history. */
  removable(projectId: string, dataset: Dataset): Promise<Result<Removable>>;
  readBackbone(id: string): Promise<SavedBackbone | null>;
  /** Asks the browser not to evict; true where granted. */
  persist(): Promise<boolean>;
}

/**
 * Keeps projects on this machine. Each write is one transaction: after it resolves with `ok`, a
 * killed tab loses nothing of it, and where it fails nothing of it is there.
 */
export interface Disk extends Reads {
  open(projectId: string): Promise<Result<OpenedProject>>;
  create(project: NewProject): Promise<Result<void>>;
  /** Changes of one project that follow each other, all or none. A project that isn't there any more takes none, and that is no failure. */
  commit(changes: readonly Change[]): Promise<Result<void>>;
  /** The copy has the same contents, classifier and history, under another name (a step of its history). */
  duplicate(projectId: string, copy: DuplicateAs): Promise<Result<void>>;
  /** @param deletedAtMillis null brings it back. */
  setDeleted(projectId: string, deletedAtMillis: number | null): Promise<Result<void>>;
  /** Removes a project for good, with the contents that no other needs. */
  purge(projectId: string): Promise<Result<void>>;
  saveBackbone(backbone: SavedBackbone): Promise<Result<void>>;
}

export interface DuplicateAs {
  readonly id: string;
  readonly name: string;
  readonly atMillis: number;
}

/** What a project store has to tell at any moment. */
export type StoreEvent =
  /** The disk refused something: what it has not taken stays in memory. Said once until it settles. */
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Everything that was only in memory is on disk again. */
  | { readonly kind: 'settled' }
  /** These pictures' files can't be read any more and were not kept. The rest of their change was. */
  | { readonly kind: 'unreadable'; readonly projectId: string; readonly hashes: readonly Sha256[] }
  /** Another tab has the project: here it can be read, and what is done here stays in memory. */
  | { readonly kind: 'open-elsewhere'; readonly projectId: string }
  /** Another tab took the project over. */
  | { readonly kind: 'taken-over'; readonly projectId: string };

/** Where something is kept. */
export type KeptIn = 'disk' | 'memory';

/**
 * The store that the app works with: it takes everything at once, and writes it in the order in
 * which it came. What the disk refuses waits in memory, with all that follows it in the same
 * project, and is tried again; reads see what waits. Writes resolve with where the thing is now:
 * on disk, or in memory after a refusal.
 */
export interface ProjectStore extends Reads {
  /** `memory` while something lives only there after the disk refused, or another tab has the project. */
  readonly place: KeptIn;
  /** Writes that the disk has not taken yet. All is kept when it is 0. */
  readonly waiting: number;
  /** Tells what has happened so far, and then as it happens. Returns the way to stop listening. */
  onEvent(listener: (event: StoreEvent) => void): () => void;

  /** Opens a project for writing; see the event `open-elsewhere` for where that isn't possible. */
  open(projectId: string): Promise<Result<OpenedProject>>;
  /** Lets other tabs write it, once all that waits is written. */
  close(projectId: string): Promise<void>;
  /** Takes the project from the other tab. Afterwards the page must be loaded anew. */
  takeOver(projectId: string): Promise<void>;

  /** Opened by this, too. */
  create(project: NewProject): Promise<KeptIn>;
  save(change: Change): Promise<KeptIn>;
  setDeleted(projectId: string, deletedAtMillis: number | null): Promise<KeptIn>;
  /** Not while the disk refuses what the project needs. */
  duplicate(projectId: string, copy: DuplicateAs): Promise<Result<void>>;
  /** For good, at once, with what waits of it. Refused while another tab has it. */
  purge(projectId: string): Promise<Result<void>>;
  saveBackbone(backbone: SavedBackbone): Promise<KeptIn>;

  /** One after the other, in the order asked for; only a few are in memory at a time. */
  readContents(hashes: Iterable<Sha256>): AsyncIterable<FoundContent>;

  /** Tries again what the disk refused. */
  retry(): Promise<void>;
  /** Resolves when everything was written or refused. */
  settled(): Promise<void>;
}
