import { Cancelled, WorkerGone, type Problem } from '../core/problem.ts';

/** Whether work ended because someone ended it, which is nothing to report. */
export function isCancelled(error: unknown, signal?: AbortSignal): boolean {
  return error instanceof Cancelled || signal?.aborted === true;
}

/** The engine throws only what is nobody's fault but its own: a worker died, or there is a defect. */
export function engineProblem(error: unknown): Problem {
  if (error instanceof WorkerGone) return error.problem;
  return { code: 'unexpected', reason: error instanceof Error ? error.message : String(error) };
}
