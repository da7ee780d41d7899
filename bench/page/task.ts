import { at } from '../../src/core/at.ts';
import type { HeadTask } from './contract.ts';

/** A task with its rows. */
export interface LoadedTask extends HeadTask {
  /** Row-major [classes.length, embeddingLength]. */
  readonly embeddings: Float32Array;
}

export async function loadTask(name: string): Promise<LoadedTask> {
  const task = (await (await fetch(`tasks/${name}.json`)).json()) as HeadTask;
  const bytes = await (await fetch(`tasks/${name}.f32`)).arrayBuffer();
  return { ...task, embeddings: new Float32Array(bytes) };
}

/** @param probabilities row-major, of the held-out rows. @returns the share answered rightly. */
export function accuracyOf(probabilities: ArrayLike<number>, task: HeadTask): number {
  const { classCount, classes, trainingCount } = task;
  const wanted = classes.slice(trainingCount);
  const right = wanted.filter((one, row) => {
    const answer = Array.from(
      { length: classCount },
      (_, c) => probabilities[row * classCount + c],
    );
    return answer.every((value, c) => c === one || (value ?? 0) < (answer[one] ?? 0));
  });
  return right.length / wanted.length;
}

/** The files that the benchmark has put into the page's input. */
export function chosenFiles(count?: number): readonly File[] {
  const files = Array.from(document.querySelector('input')?.files ?? []);
  if (files.length === 0) throw new Error('no files were chosen');
  const wanted = count ?? files.length;
  return Array.from({ length: wanted }, (_, i) => at(files, i % files.length));
}

export async function timed(
  count: number,
  work: () => Promise<void>,
): Promise<{ count: number; seconds: number }> {
  const startedAt = performance.now();
  await work();
  return { count, seconds: (performance.now() - startedAt) / 1000 };
}
