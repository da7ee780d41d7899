import { createRandom } from '../../src/core/random.ts';
import type { Files, Target } from './targets.ts';

/** What came of an input: how it ended, or what is wrong with that. */
export type Outcome = { readonly ended: 'read' | 'refused' } | { readonly fault: string };

/** The same input for the same seed and number; the first are those that are made to take long. */
export async function makeInput(target: Target, seed: number, number: number): Promise<Files> {
  const made = target.slow?.[number];
  if (made !== undefined) return made();
  return target.make(createRandom(seed * 2 ** 24 + number));
}

/** Reads one input, which must end in a value or in a problem with a code. */
export async function runInput(target: Target, files: Files): Promise<Outcome> {
  try {
    const result = await target.read(files);
    if (Object.keys(Object.prototype).length > 0 || 'polluted' in {})
      return { fault: 'Object.prototype was changed' };
    if (!result.ok && result.problem.code.length === 0)
      return { fault: 'a problem without a code' };
    return { ended: result.ok ? 'read' : 'refused' };
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
