import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Dataset } from '../core/dataset.ts';
import { checkOptions } from '../core/default-options.ts';
import type { Problem } from '../core/problem.ts';
import { readiness } from '../core/readiness.ts';
import { solverOf } from '../core/options.ts';
import type { EmbeddedRows } from './embed.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Stage, StageKey, StageRun } from './scheduler.ts';

/** What is made of the samples, in the order of its urgency. */
export type StageName =
  /** Of all samples, by the backbone in use. */
  | 'embeddings'
  /** The classifier: a head fitted to them and judged, which the engine does in one go. */
  | 'head'
  /** Of all samples, by the better backbone that the built-in one is the fallback for. */
  | 'better-embeddings'
  /** A second classifier on these, to offer it beside the one in use. */
  | 'comparison'
  /** Where there is no classifier to lose, the better backbone is put into use. */
  | 'upgrade';

/** All that the stages are made of, as it is now. */
export interface Sources {
  readonly dataset: Dataset;
  /** The backbone in use. */
  readonly backbone: BackboneInfo | null;
  /** Why there is none. */
  readonly backboneProblem: Problem | null;
  /** Where its embeddings are; null while there is none. */
  readonly rows: EmbeddedRows | null;
  /** That other one, once it is loaded beside. */
  readonly better: BackboneInfo | null;
  readonly betterRows: EmbeddedRows | null;
  readonly classifier: Classifier | null;
  /** Pictures are being dropped. */
  readonly arriving: boolean;
  /** The backbone that is to be used next is being loaded. */
  readonly loading: boolean;
  /** Whether a person has the classifier follow every change. */
  readonly upToDate: boolean;
}

/**
 * The pipeline: samples become embeddings, these a head with its judgement, and beside it, where a better
 * backbone has come, the same again to compare. Declared here and nowhere else: what each is made of,
 * what it waits for, and when it may begin though nobody asks.
 */
export function declareStages(
  now: () => Sources,
  run: Readonly<Record<StageName, (run: StageRun) => Promise<void>>>,
): readonly Stage<StageName>[] {
  return [
    {
      name: 'embeddings',
      after: [],
      key: () => keyOfRows(now(), 'rows'),
      made: () => keyOfEmbedded(now(), 'rows'),
      goesOnUnder: ['samples'],
      auto: () => true,
      run: run.embeddings,
    },
    {
      name: 'head',
      after: ['embeddings'],
      key: () => keyOfHead(now()),
      why: () => whyNoHead(now()),
      made: () => keyOfClassifier(now()),
      waits: () => now().arriving || now().loading,
      auto: () => mayFollow(now()),
      run: run.head,
    },
    {
      name: 'better-embeddings',
      after: [],
      key: () => keyOfRows(now(), 'betterRows'),
      made: () => keyOfEmbedded(now(), 'betterRows'),
      goesOnUnder: ['samples'],
      waits: () => now().arriving,
      auto: () => now().better !== null,
      run: run['better-embeddings'],
    },
    {
      name: 'comparison',
      after: ['head', 'better-embeddings'],
      key: () => keyOfComparison(now()),
      auto: () => now().better !== null,
      run: run.comparison,
    },
    {
      name: 'upgrade',
      after: ['better-embeddings'],
      key: () => keyOfUpgrade(now()),
      auto: () => now().better !== null,
      run: run.upgrade,
    },
  ];
}

/** Why training can't start with the pictures that are there. */
export function findBlockers({ classes, samples, options }: Dataset): readonly Problem[] {
  const { training } = options;
  const of = [classes, samples, training] as const;
  if (!lastBlockers?.of.every((value, index) => value === of[index])) {
    const blockers = [...readiness(classes, samples), ...checkOptions(training)];
    lastBlockers = { of, blockers };
  }
  return lastBlockers.blockers;
}

/** They are asked for more often than anything changes. */
let lastBlockers: {
  readonly of: readonly unknown[];
  readonly blockers: readonly Problem[];
} | null = null;

/** Embeddings are of samples by a backbone from a crop, and as the engine has them. */
function keyOfRows({ dataset, ...now }: Sources, which: 'rows' | 'betterRows'): StageKey | null {
  const rows = now[which];
  if (rows === null) return null;
  const { backboneSha256: backbone, view: crop } = rows.space;
  return { backbone, crop, engine: rows.timesForgotten, samples: dataset.samples };
}

/** They are up to date as soon as none is missing, whoever had them made. */
function keyOfEmbedded(now: Sources, which: 'rows' | 'betterRows'): StageKey | null {
  return now[which]?.covers(now.dataset.samples) === true ? keyOfRows(now, which) : null;
}

/** A head is of samples, classes, options and a backbone: what a fingerprint is taken of. */
function keyOfHead({ dataset, backbone }: Sources): StageKey | null {
  if (backbone === null || findBlockers(dataset).length > 0) return null;
  const { classes, samples, options } = dataset;
  return { fingerprint: fingerprintOf(classes, samples, backbone.sha256, options) };
}

function keyOfClassifier({ classifier }: Sources): StageKey | null {
  return classifier && { fingerprint: classifier.fingerprint };
}

function whyNoHead({ dataset, backbone, backboneProblem }: Sources): Problem | null {
  if (backbone !== null) return findBlockers(dataset)[0] ?? null;
  const { backboneId: id } = dataset.options;
  return backboneProblem ?? { code: 'backbone-unreachable', id, tried: [] };
}

/** A comparison is of the classifier in use with the better backbone. */
function keyOfComparison(now: Sources): StageKey | null {
  const { classifier: against, better } = now;
  return better && isUsable(now) ? { against, better } : null;
}

function keyOfUpgrade(now: Sources): StageKey | null {
  return now.better && !isUsable(now) ? { better: now.better } : null;
}

/** The classifier can answer: it needs the very backbone that it was fitted on. */
function isUsable({ backbone, classifier }: Sources): boolean {
  return classifier !== null && backbone?.sha256 === classifier.backbone.sha256;
}

/**
 * Whether the classifier is fitted anew by itself. The first one a person trains; so is one that goes step
 * by step, which takes its time. One from elsewhere has no pictures here. A backbone that isn't the one that
 * is asked for (a fallback, or whatever is in use where that one is missing) doesn't take the place of that
 * one's classifier.
 */
function mayFollow(now: Sources): boolean {
  const { dataset, backbone, classifier, upToDate } = now;
  if (!upToDate || typeof classifier?.fingerprint !== 'string') return false;
  const isAskedFor = backbone?.id === dataset.options.backboneId;
  return (isAskedFor || isUsable(now)) && solverOf(dataset.options.training) === 'exact';
}
