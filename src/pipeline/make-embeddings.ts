import type { Sample } from '../core/dataset.ts';
import { Cancelled, withPath, type Problem } from '../core/problem.ts';
import {
  embedPictures,
  recallRows,
  type EmbeddedRows,
  type EmbedParts,
  type MissingEmbedding,
} from './embed.ts';

export interface EmbeddingsParts extends EmbedParts {
  /** Those that are there now. */
  readonly samples: () => readonly Sample[];
}

/** Hooks of making embeddings. */
export interface EmbeddingsWatch {
  /** So many are missing, and more may come. */
  readonly onMissing: (count: number) => void;
  /** Some have to be made. */
  readonly onMaking: () => void;
  /** So many more are there, or can't be had. */
  readonly onSettled: (count: number) => void;
  /** Pictures that can't be embedded, of so many. */
  readonly onProblems: (problems: readonly Problem[], total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Stage 4: asks the engine for what it has, has it make the rest, and looks again for what came meanwhile.
 *
 * @throws Cancelled where the signal aborts, or the engine let go of what it was asked about; what came
 *   until then is kept.
 */
export async function makeEmbeddings(
  into: EmbeddedRows,
  parts: EmbeddingsParts,
  watch: EmbeddingsWatch,
): Promise<void> {
  const isSettled = ({ hash }: MissingEmbedding): boolean =>
    into.get(hash) !== undefined || into.refused.has(hash);
  for (let wanted = into.missing(parts.samples()); wanted.length > 0;) {
    watch.onMissing(wanted.length);
    await makeMissing(wanted, into, parts, watch);
    if (watch.signal.aborted) throw new Cancelled();
    const before = wanted;
    wanted = into.missing(parts.samples());
    // It gets nowhere.
    if (wanted.length > 0 && !before.some(isSettled)) throw new Cancelled();
  }
}

async function makeMissing(
  wanted: readonly MissingEmbedding[],
  into: EmbeddedRows,
  parts: EmbeddingsParts,
  { onMaking, onSettled, onProblems, signal }: EmbeddingsWatch,
): Promise<void> {
  onSettled(await recallRows(wanted, into, parts.engine));
  const missing = wanted.filter(({ hash }) => into.get(hash) === undefined);
  if (missing.length === 0) return;
  onMaking();
  const refusedBefore = into.refused.size;
  const gone = await embedPictures(missing, into, parts, onSettled, signal);
  const samples = new Map(parts.samples().map((sample) => [sample.id, sample]));
  for (const { hash, sampleId } of gone) {
    // One that was removed meanwhile may come back; one whose file is lost never will.
    const sample = samples.get(sampleId);
    if (sample) into.refused.set(hash, { code: 'file-unreadable', file: sample.name });
  }
  const problems = [...into.refused].slice(refusedBefore).map(([hash, problem]) => {
    const sampleId = missing.find((one) => one.hash === hash)?.sampleId ?? '';
    return withPath(problem, samples.get(sampleId)?.name ?? '');
  });
  if (problems.length > 0) onProblems(problems, missing.length);
}
