import { checkOptions } from '../core/default-options.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import { readiness } from '../core/readiness.ts';
import type { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { fingerprintOf } from './pipeline/fingerprint.ts';
import type { TrainSetting } from './pipeline/train.ts';
import { prepareData, type PreparedData } from './pipeline/training-set.ts';
import type { Project } from './project.svelte.ts';

export interface PreparationParts {
  readonly library: Project;
  readonly engineState: EngineState;
  readonly embedding: Embedding;
  /** Resolves when what is being dropped is in. */
  readonly arrived: () => Promise<void>;
}

/** All that a classifier is fitted with. */
export interface Prepared {
  readonly data: PreparedData;
  readonly setting: TrainSetting;
}

/** Why training can't start with the pictures that are there. */
export function findBlockers({ classes, samples, options }: Project): readonly Problem[] {
  return [...readiness(classes, samples), ...checkOptions(options.training)];
}

/**
 * Waits for pictures, backbone and embeddings.
 *
 * @returns why there can be no training, where there can't.
 * @throws Cancelled where the signal aborts, or pictures stay without an embedding.
 */
export async function prepareTraining(
  { arrived, embedding, engineState, library }: PreparationParts,
  signal: AbortSignal,
): Promise<Prepared | Problem> {
  await orAbort(arrived(), signal);
  const backbone = await orAbort(engineState.settled(), signal);
  if (!backbone)
    return (
      engineState.problem ?? {
        code: 'backbone-unreachable',
        id: library.options.backboneId,
        tried: [],
      }
    );
  await orAbort(embedding.finish(), signal);
  if (embedding.problem) return embedding.problem;
  const { classes, samples, options } = library;
  const { rows } = embedding;
  if (!rows || rows.missing(samples).length > 0) throw new Cancelled();
  const blocker = findBlockers(library)[0];
  if (blocker) return blocker;
  const data = prepareData(classes, samples, rows, options.training);
  const without = data.classes.find((_, index) => !data.request.set.classes.includes(index));
  if (without) return { code: 'class-empty', label: without.label };
  const fingerprint = fingerprintOf(classes, samples, backbone.sha256, options);
  const nowMillis = Date.now();
  const setting = { backbone, options, fingerprint, nowMillis, startAtHeadInUse: false };
  return { data, setting };
}

/** What is waited for goes on by itself; only the waiting ends. */
async function orAbort<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new Cancelled();
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => {
      reject(new Cancelled());
    };
    signal.addEventListener('abort', end);
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
