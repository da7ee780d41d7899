import type { Answer } from '../../state/trial.svelte.ts';

/** The class with the highest probability; null of no classes. */
export function mostLikely(answers: readonly Answer[]): Answer | null {
  return answers.reduce<Answer | null>(
    (best, answer) => (best === null || answer.probability > best.probability ? answer : best),
    null,
  );
}
