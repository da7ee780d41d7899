import type { Browser } from '@playwright/test';
import type { BackendName } from '../src/core/backend.ts';
import type { Better, Entry } from './contest.ts';

/** What a line of a table must come to. */
export interface Wanted {
  /** The entry that the first one is compared with. */
  readonly than: string;
  /** How many times as good the first has to be. */
  readonly atLeast: number;
}

/** Contestants beside each other on one task; the first is Headstart. */
export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly better: Better;
  readonly entries: readonly Entry[];
  readonly wanted: readonly Wanted[];
  /** What else was seen, a sentence each. */
  readonly remarks: readonly string[];
}

/** Pictures to measure with. */
export interface Pictures {
  /** What they are, for the report. */
  readonly words: string;
  readonly files: readonly string[];
}

/** What a measure works with. */
export interface Bench {
  readonly browser: Browser;
  /** Starts another browser of the same kind. */
  readonly launch: (flags: readonly string[]) => Promise<Browser>;
  /** Of the benchmark's own pages, with `models/` and `tasks/` beside them. */
  readonly site: string;
  /** The folder of backbones. */
  readonly models: string;
  /** Of the built app; it is built when first asked for. */
  readonly app: () => Promise<string>;
  /** Null: as the engine chooses. */
  readonly backend: BackendName | null;
  readonly rounds: number;
  readonly cores: number;
  /** Of about 400 pixels, in labelled folders. */
  readonly small: Pictures & { readonly folder: string };
  /** Of 12 megapixels; they are made when first asked for. */
  readonly large: () => Promise<Pictures>;
  /** Where `tasks/` lies. */
  readonly taskFolder: string;
  readonly scratch: string;
}

/** One thing that is measured. */
export interface Measure {
  readonly name: string;
  readonly about: string;
  /** Runs only when it is asked for by name. */
  readonly long?: boolean;
  run(bench: Bench): Promise<readonly Table[]>;
}
