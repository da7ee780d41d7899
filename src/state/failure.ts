import { Cancelled, WorkerGone, type Problem } from '../core/problem.ts';
import { Refused } from '../pipeline/scheduler.ts';

/** Whether work ended because someone ended it, which is nothing to report. */
export function isCancelled(error: unknown, signal?: AbortSignal): boolean {
  return error instanceof Cancelled || signal?.aborted === true;
}

/** A stage says why it refuses; else the engine throws only what is nobody's fault: a worker died, or a defect. */
export function engineProblem(error: unknown): Problem {
  if (error instanceof WorkerGone || error instanceof Refused) return error.problem;
  return { code: 'unexpected', reason: error instanceof Error ? error.message : String(error) };
}
