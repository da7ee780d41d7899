/**
 * What `scripts/train.ts` and the page it opens say to each other. Pictures
 * come in through the page's two folder inputs, exported files go out to an
 * address that the script serves.
 */

import type { SolverName } from './core/options.ts';

/** Ids of the folder inputs in `terminal.html`. */
export const DATA_INPUT = 'data';
export const TEST_INPUT = 'test';

export interface TerminalRequest {
  readonly backbone: string | null;
  readonly backend: string | null;
  readonly runtime: string | null;
  /** Null for the default. */
  readonly solver: SolverName | null;
  readonly epochs: number | null;
  readonly learningRate: number | null;
  /** Units of one hidden layer; 0 for none; null for the default. */
  readonly hidden: number | null;
  readonly seed: number | null;
  /** Where to send the export's files, each by POST with its name as `?name=`; null for no export. */
  readonly exportUrl: string | null;
}

/** The report of a run, as `--report` writes it. */
export interface TerminalReport {
  /** Labels in the head's order. */
  readonly classes: readonly string[];
  readonly images: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  };
  readonly backbone: { readonly id: string; readonly sha256: string };
  readonly backend: string;
  readonly seconds: {
    readonly load: number;
    readonly embed: number;
    readonly train: number;
    readonly evaluate: number;
    readonly export: number;
    readonly total: number;
  };
  /** Null where nothing was kept aside, or there is no test folder. */
  readonly accuracy: { readonly validation: number | null; readonly test: number | null };
  /** confusion[actual][predicted], of the test pictures where there are any, else of the validation part. */
  readonly confusion: readonly (readonly number[])[];
  readonly solver: SolverName;
  /** Step by step: the epoch that the validation part found best, else the last. Exact: null. */
  readonly epochs: number | null;
  /** Exact: the iteration in which the judged head was reached. Step by step: null. */
  readonly iterations: number | null;
  /** Strength of the L2 penalty of the judged head. */
  readonly l2: number | null;
  /** Paths of the export's files. */
  readonly exports: readonly string[];
}

export type TerminalOutcome =
  | { readonly ok: true; readonly report: TerminalReport }
  /** Nothing came of it; in words. */
  | { readonly ok: false; readonly reasons: readonly string[] };

/** What the page offers to the script, as `headstart`. */
export interface TerminalPage {
  run(request: TerminalRequest): Promise<TerminalOutcome>;
}

/** What the script offers to the page, as `tellProgress`: a line for the person. */
export type TellProgress = (line: string) => Promise<void>;
